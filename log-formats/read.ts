import type { Session } from "../spark/session.ts";
import type { LogFile } from "./format.ts";

/** What was counted in a file before it is read. */
export interface Counted {
  /** The file's name. */
  source: string;
  /** All physical lines. */
  lines: number;
  /** Those that belong to the record above. */
  following: number;
}

/** The lines of files, to be read. */
export interface Lines {
  /**
   * A SELECT of the columns source, line, raw, trace, format, parsed, time, day, level, message, template, ip, service,
   * endpoint, host, method, status, bytes, seconds; a row for each record and each line that was not understood.
   */
  sql: string;
  counted: Counted[];
}

/** Counts the lines of the files, and gives the SELECT that reads them; it holds as long as the session lives. */
export async function readLogs(_session: Session, _files: readonly LogFile[]): Promise<Lines> {
  throw new Error("not yet");
}
