import { setTimeout as pause } from "node:timers/promises";
import { KafkaAway } from "./errors.ts";

/** What a client answers, or KafkaAway after so long: now and then it loses sight of a question when a broker dies. */
export async function within<T>(milliseconds: number, brokers: string, asked: Promise<T>): Promise<T> {
  const over = new AbortController();
  const late = pause(milliseconds, undefined, { signal: over.signal }).then(() => {
    throw new KafkaAway(`No answer came from ${brokers} within ${milliseconds / 1000} s.`);
  });
  late.catch(() => undefined);
  try {
    return await Promise.race([asked, late]);
  } finally {
    over.abort();
  }
}

/** Closes a client, and does not wait for one that can't be closed. */
export async function closeClient(close: Promise<unknown>): Promise<void> {
  await Promise.race([close.catch(() => undefined), pause(1_000, undefined, { ref: false })]);
}
