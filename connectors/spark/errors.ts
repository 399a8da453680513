/** What is known of a failure beside its message. */
export interface SparkFailure {
  /** Spark's error class, `TABLE_OR_VIEW_NOT_FOUND`. */
  errorClass?: string;
  sqlState?: string;
  /** The values that Spark put into its message, by name: `{ objectName: "`x`" }`. */
  parameters?: Readonly<Record<string, string>>;
  /** The chain of causes on the server, one line each. */
  serverCause?: string;
  cause?: unknown;
}

/** A failure that the Spark server reports, or that the client meets on its way there. */
export class SparkError extends Error {
  override name = "SparkError";
  declare readonly errorClass?: string;
  declare readonly sqlState?: string;
  declare readonly parameters?: Readonly<Record<string, string>>;
  declare readonly serverCause?: string;

  constructor(message: string, failure: SparkFailure = {}) {
    super(message, failure.cause === undefined ? undefined : { cause: failure.cause });
    if (failure.errorClass) this.errorClass = failure.errorClass;
    if (failure.sqlState) this.sqlState = failure.sqlState;
    if (failure.parameters) this.parameters = failure.parameters;
    if (failure.serverCause) this.serverCause = failure.serverCause;
  }
}

/** The server does not answer: it is down, unreachable or hangs. What ran there may still run. */
export class ServerLost extends SparkError {
  override name = "ServerLost";
}

/** The server answers, and can do nothing any more: its application was killed or has failed. Nothing runs there. */
export class ApplicationEnded extends ServerLost {
  override name = "ApplicationEnded";
}

/** TLS to the server does not come about, and waiting would not mend it: a certificate or a setting has to change. */
export class TlsRefused extends ServerLost {
  override name = "TlsRefused";
  /** What happened, without what to do about it. */
  readonly what: string;
  readonly hint: string;

  constructor(what: string, hint: string) {
    super(`${what} ${hint}`);
    this.what = what;
    this.hint = hint;
  }
}

/** The server was restarted: it answers, but everything the session held and ran is gone. */
export class SessionChanged extends SparkError {
  override name = "SessionChanged";
}

/** The statement was cancelled. `finished`: it had already done its work when the cancel request arrived. */
export class OperationCancelled extends SparkError {
  override name = "OperationCancelled";
  readonly finished: boolean;

  constructor(message: string, failure: SparkFailure = {}, finished = false) {
    super(message, failure);
    this.finished = finished;
  }
}

/** A statement did its work, and what was to be observed in passing is not known: a busy server gives its figures too late. */
export class NotObserved extends SparkError {
  override name = "NotObserved";
}

/** How long to wait before try number `tried` + 1: doubles from 100 ms to 10 s, spread so that clients do not march in step. */
export function reconnectPause(tried: number): number {
  const full = Math.min(10_000, 100 * 2 ** (tried - 1));
  return full / 2 + (Math.random() * full) / 2;
}
