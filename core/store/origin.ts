import { readFileSync, type Stats } from "node:fs";
import { userInfo } from "node:os";
import type { JobFile } from "../jobs/envelope.ts";
import type { Origin } from "../jobs/job.ts";

/** Whether a file belongs to the worker's own user. Only then its `via`, `submittedBy` and the like are believed. */
export function isOwn(stats: Pick<Stats, "uid">): boolean {
  return stats.uid === process.getuid?.();
}

/** Where a job file came from: its own fields if it is trusted, else its owner and its time of change. */
export function originOf(name: string, file: JobFile, stats: Stats, sha256: string): Origin {
  const believed = isOwn(stats) ? file : undefined;
  const via = believed?.via ?? "hand";
  return {
    via,
    submittedBy: believed?.submittedBy ?? userName(stats.uid),
    submittedAt: believed?.submittedAt ?? stats.mtime.toISOString(),
    ...(via === "hand" && { file: name, fileSha256: sha256 }),
  };
}

/** The name of a user, or the number where it has none. */
export function userName(uid: number): string {
  if (uid === process.getuid?.()) return userInfo().username;
  return passwd().get(uid) ?? String(uid);
}

let users: Map<number, string> | undefined;

function passwd(): Map<number, string> {
  users ??= new Map(readPasswd().map(([name = "", , uid]) => [Number(uid), name]));
  return users;
}

function readPasswd(): string[][] {
  try {
    return readFileSync("/etc/passwd", "utf8")
      .split("\n")
      .filter(line => /^[^#:]+:/.test(line))
      .map(line => line.split(":"));
  } catch {
    return [];
  }
}
