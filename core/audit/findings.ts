import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { GENESIS, type JobRecord, recordHash } from "../jobs/record.ts";
import { archiveMonths, monthFolder, proofsFile, recordFile } from "../store/archive.ts";
import { type Layout, runningFiles } from "../store/layout.ts";
import { jobOfProofs, jsonName, proofsName } from "../store/names.ts";
import { isStored, readStored, storedNames } from "../store/packed.ts";

/** What is wrong with where a record lies, and with the file of its proofs. */
export function placeProblems(record: JobRecord, path: string, name: string): string[] {
  const folder = join(path, "..");
  const found: string[] = [];
  if (basename(path) !== jsonName(record.id))
    found.push(`${name} holds the record of ${record.id}: it was copied or renamed.`);
  if (basename(folder) !== String(record.finishedAt).slice(0, 7))
    found.push(`${name} lies in another month than its job ended (${record.finishedAt}): it was moved.`);
  return [...found, ...proofProblems(record, join(folder, proofsName(record.id)))];
}

function proofProblems(record: JobRecord, path: string): string[] {
  const { id, proofsSha256 } = record;
  const proven = record.tables.some(table => table?.proof && table.proof.verdict !== "not checked");
  const isThere = isStored(path);
  if (!isThere && (proven || proofsSha256))
    return [`${id} has proofs, but its file of proofs is missing: it was removed.`];
  if (isThere && proofsSha256 === null) return [`${id} had no proofs, but a file of proofs is there: it was added.`];
  if (isThere && proofsSha256 !== undefined && sha256OfFile(path) !== proofsSha256)
    return [`The proofs of ${id} are not those that it was archived with: they were edited.`];
  return [];
}

/** Files of proofs that belong to no record and to no job that is just being archived. */
export function strayProofs(layout: Layout, records: ReadonlySet<string>): string[] {
  return archiveMonths(layout).flatMap(month =>
    storedNames(monthFolder(layout, month))
      .flatMap(name => jobOfProofs(name) ?? [])
      .filter(id => !records.has(id) && !existsSync(runningFiles(layout, id).claim))
      // It may have been archived since the records were listed.
      .filter(id => !isStored(recordFile(layout, month, id)))
      .map(id => relative(layout.root, proofsFile(layout, month, id)))
      .map(name => `${name} belongs to no record: it was added, or its record was removed.`),
  );
}

/** SHA-256 of a file of the archive, in hex. */
export function sha256OfFile(path: string): string {
  return createHash("sha256").update(readStored(path)).digest("hex");
}

/**
 * Whether a record is as its hash says. Those from before AUDIT_KEY was set have a plain hash; the first keyed
 * one, being chained to them, seals them too.
 */
export function sealOf(record: JobRecord, key: string | undefined): "keyed" | "plain" | "broken" {
  try {
    if (key && recordHash(record, key) === record.hash) return "keyed";
    return recordHash(record) === record.hash ? "plain" : "broken";
  } catch {
    return "broken";
  }
}

/** What is wrong between a record and the one before it. */
export function linkProblems(before: JobRecord | undefined, record: JobRecord): string[] {
  if (record.sequence < 1) return [`${record.id} has no place in the chain: it was added.`];
  const sequence = before?.sequence ?? 0;
  const missing = record.sequence - sequence - 1;
  if (missing < 0)
    return [`${before?.id} and ${record.id} both have place ${record.sequence}: one was added or moved.`];
  const after = before ? `between ${before.id} and ${record.id}` : `before ${record.id}`;
  if (missing === 1) return [`Record ${sequence + 1}, ${after}, is missing: it was removed.`];
  if (missing > 1)
    return [`Records ${sequence + 1} to ${record.sequence - 1}, ${after}, are missing: they were removed.`];
  if (record.previousHash === (before?.hash ?? GENESIS)) return [];
  return before
    ? [`${record.id} was not archived after ${before.id}, which stands before it: one of them was replaced or moved.`]
    : [`${record.id} stands first but was archived after another: what came before was removed.`];
}
