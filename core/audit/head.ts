import { createHmac } from "node:crypto";
import { z } from "zod";
import type { JobRecord } from "../jobs/record.ts";
import { headFile } from "../store/archive.ts";
import type { Layout } from "../store/layout.ts";
import { isMonth } from "../store/names.ts";
import { replaceNote } from "../system/atomic.ts";
import { readJson } from "../system/json.ts";

const shape = z.object({
  sequence: z.int().min(1),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  id: z.string(),
  month: z.string().refine(isMonth),
  savedAt: z.number(),
  seal: z.string().optional(),
});

/** What `archive/head.json` holds: the newest record of the chain. `seal` is an HMAC with AUDIT_KEY, where one is set. */
export type ArchiveHead = z.infer<typeof shape>;

/** The newest record, as the worker noted it: undefined where there is no note, "unreadable" where it is none. */
export function readArchiveHead(layout: Pick<Layout, "archive">): ArchiveHead | "unreadable" | undefined {
  try {
    const read = readJson<unknown>(headFile(layout));
    return read === undefined ? undefined : (shape.safeParse(read).data ?? "unreadable");
  } catch {
    return "unreadable";
  }
}

/**
 * Notes the newest record, so that it can't be removed unnoticed. The record itself is durable before; a note that a power cut
 * took is made good by the worker's next record.
 */
export function writeHead(layout: Pick<Layout, "archive">, record: JobRecord, key: string | undefined): void {
  const { sequence, hash, id } = record;
  const head: ArchiveHead = { sequence, hash, id, month: record.finishedAt.slice(0, 7), savedAt: Date.now() };
  const seal = key && sealOf(head, key);
  replaceNote(headFile(layout), JSON.stringify({ ...head, ...(seal && { seal }) }), 0o600);
}

/** Whether a head was written by who knows the key. */
export function isSealed(head: ArchiveHead, key: string): boolean {
  return head.seal === sealOf(head, key);
}

function sealOf({ sequence, hash, id }: ArchiveHead, key: string): string {
  return createHmac("sha256", key).update(`head ${sequence} ${id} ${hash}`).digest("hex");
}
