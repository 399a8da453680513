import { lstatSync, readdirSync, type Stats } from "node:fs";
import { join } from "node:path";
import type { Layout } from "../files/layout.ts";
import { userName } from "../worker/origin.ts";

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
  const names = readdirSync(rejected).filter(name => name.endsWith(".json") && !name.startsWith("."));
  return names.flatMap(name => lookAt(rejected, name) ?? []).sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** The rejected file of a name that somebody sent: looked for in the listing, so that no path is made of what was sent. */
export function findRejected(layout: Pick<Layout, "rejected">, name: string): RejectedFile | undefined {
  const known = readdirSync(layout.rejected).find(one => one === name && one.endsWith(".json") && !one.startsWith("."));
  return known === undefined ? undefined : lookAt(layout.rejected, known);
}

/** The name of the file beside it that says why it was rejected. */
export function reasonOf(name: string): string {
  return `${name}.reason.txt`;
}

function lookAt(folder: string, name: string): RejectedFile | undefined {
  const stats = lstatSync(join(folder, name), { throwIfNoEntry: false });
  if (!stats) return undefined;
  // The reason is written at that moment; without it, the file was moved then.
  const reason = lstatSync(join(folder, reasonOf(name)), { throwIfNoEntry: false });
  const at = (reason?.mtime ?? stats.ctime).toISOString();
  return { name, kind: kindOf(stats), size: stats.size, at, owner: userName(stats.uid) };
}

function kindOf(stats: Stats): RejectedFile["kind"] {
  if (stats.isFile()) return "file";
  return stats.isDirectory() ? "folder" : stats.isSymbolicLink() ? "link" : "other";
}
