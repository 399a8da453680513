import { NotObserved } from "../spark/errors.ts";
import type { Session } from "../spark/session.ts";

/** What a copy observed in passing; undefined where its rows are written and a busy server gave the figures too late. */
export async function observedIn(
  copy: ReturnType<Session["copy"]>,
): Promise<Record<string, string | null> | undefined> {
  try {
    return (await copy).observed;
  } catch (error) {
    if (error instanceof NotObserved) return undefined;
    throw error;
  }
}
