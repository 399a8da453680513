import { NotObserved } from "../spark/errors.ts";
import type { Copy, Session, Statement } from "../spark/session.ts";

type Told = Awaited<ReturnType<Session["copy"]>>;

/** Runs a copy; what it observed is left out where its rows are written and a busy server gave the figures too late. */
export async function copyObserved(
  session: Session,
  copy: Copy,
  statement: Statement,
): Promise<Partial<Pick<Told, "observed" | "below">>> {
  try {
    return await session.copy(copy, statement);
  } catch (error) {
    if (error instanceof NotObserved) return {};
    throw error;
  }
}
