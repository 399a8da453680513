import { lstatSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { Layout } from "../../core/store/layout.ts";
import { jsonNames, reasonName } from "../../core/store/names.ts";
import { userName } from "../../core/store/origin.ts";
import { HttpError } from "../../engines/portal/page.ts";

/** Something in queue/rejected/ that never became a job. Its name may hold anything a file's name can. */
export interface RejectedFile {
  name: string;
  kind: "file" | "folder" | "link" | "other";
  size: number;
  /** When it came there. */
  at: string;
  owner: string;
}

/** What was rejected, the newest first. */
export function listRejected({ rejected }: Pick<Layout, "rejected">): RejectedFile[] {
  return jsonNames(rejected)
    .flatMap(name => lookAt(rejected, name) ?? [])
    .sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** The rejected file of a name that somebody sent: looked for in the listing, so that no path is made of what was sent. */
export function findRejected(layout: Pick<Layout, "rejected">, name: string): RejectedFile | undefined {
  const known = jsonNames(layout.rejected).find(one => one === name);
  return known === undefined ? undefined : lookAt(layout.rejected, known);
}

/** The same; throws a 404 where there is none of that name. */
export function wantedRejected(layout: Pick<Layout, "rejected">, name: string): RejectedFile {
  const file = findRejected(layout, name);
  if (file) return file;
  throw new HttpError(
    404,
    "This file is not among the rejected ones any more.",
    "Somebody may have dismissed it or submitted it again. The activity under Audit says who.",
  );
}

function lookAt(folder: string, name: string): RejectedFile | undefined {
  const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
  if (!stats) return undefined;
  // The reason is written at that moment; without it, the file was moved then.
  const reason = lstatSync(join(folder, reasonName(name)), { throwIfNoEntry: false });
  const at = (reason?.mtime ?? stats.ctime).toISOString();
  return { name, kind: kindOf(stats), size: stats.size, at, owner: userName(stats.uid) };
}

function kindOf(stats: Stats): RejectedFile["kind"] {
  if (stats.isFile()) return "file";
  return stats.isDirectory() ? "folder" : stats.isSymbolicLink() ? "link" : "other";
}
