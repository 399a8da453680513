import { relative } from "node:path";
import type { JobRecord } from "../jobs/record.ts";
import { headFile } from "../store/archive.ts";
import type { Layout } from "../store/layout.ts";
import { type ArchiveHead, isSealed } from "./head.ts";

/** What a check of the head needs of the chain: its newest record, that with the head's number, how it is sealed. */
export interface CheckedChain {
  newest: JobRecord | undefined;
  atHead: JobRecord | undefined;
  /** The key that the newest record is sealed with. */
  key: string | undefined;
}

/** What is wrong between the newest record that the worker noted and the newest that is there. */
export function headProblems(
  layout: Layout,
  head: ArchiveHead | "unreadable" | undefined,
  chain: CheckedChain,
): string[] {
  const name = relative(layout.root, headFile(layout));
  const { newest, atHead, key } = chain;
  if (head === "unreadable") return [`${name} can't be read: it was spoilt, or the disk was full. ${COMPARE}`];
  // Records of the worker say which audit events came before them, and never come without a head.
  if (!head)
    return newest?.auditEvents ? [`${name} is missing: the newest records may have been removed. ${COMPARE}`] : [];
  if (key && !isSealed(head, key)) return [`${name} is not sealed with AUDIT_KEY: it was replaced. ${COMPARE}`];
  const last = newest?.sequence ?? 0;
  if (head.sequence > last) {
    const gone = head.sequence - last === 1 ? `Record ${head.sequence}` : `Records ${last + 1} to ${head.sequence}`;
    return [`${gone} of the archive, the last of them ${head.id}, can't be found: the newest were removed.`];
  }
  if (atHead && atHead.hash !== head.hash)
    return [`${atHead.id} is not the record ${head.sequence} that was archived last: it was replaced.`];
  return [];
}

const COMPARE = "Compare the newest hash with the one that was exported last.";
