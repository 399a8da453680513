import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Layout } from "../files/layout.ts";

/** Changes the report alone: the worker appends while somebody may rebuild. The lock ends with its process. */
export function withReportLocked<T>({ archive }: Pick<Layout, "archive">, change: () => T): T {
  const lock = new DatabaseSync(join(archive, ".audit.lock"), { timeout: 30_000 });
  try {
    lock.exec("begin exclusive");
    return change();
  } finally {
    lock.close();
  }
}
