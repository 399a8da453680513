// Apart from what explains a failure, which loads the client: whoever only tells errors apart starts without it.

/** What Kafka refused, or why it could not be asked, in a sentence. */
export class KafkaError extends Error {
  override name = "KafkaError";
  declare readonly hint?: string;

  constructor(message: string, { cause, hint }: { cause?: unknown; hint?: string } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    if (hint) this.hint = hint;
  }
}

/** No broker answers: nothing was refused, another try may do. */
export class KafkaUnavailable extends KafkaError {
  override name = "KafkaUnavailable";
}
