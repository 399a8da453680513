import pMap from "p-map";
import type { BlobFolder } from "../../../connectors/azure/blob-folder.ts";
import type { ReadFilePart } from "../../../connectors/table-files/read.ts";

/** A file to copy: where it is, the name that it has in the copy, and its length. */
export interface CopyFile {
  from: string;
  name: string;
  bytes: number;
}

/** What a copy has done and has to do, over all its parts. */
export interface Counts {
  files: number;
  bytes: number;
  /** Files that were there with the same length, and were not sent again. */
  there: number;
  totalFiles: number;
  totalBytes: number;
}

/** What copies files: from where, into which folder, by how many streams at once, and who waits and is told in between. */
export interface Copier {
  folder: BlobFolder;
  read: ReadFilePart;
  streams: number;
  /** What is in the folder, by name; grows with the copy. */
  present: Map<string, number>;
  counts: Counts;
  signal: AbortSignal;
  before(bytes: number): Promise<void>;
  onProgress(): void;
}

/**
 * Copies files that are not there with the same length. What others name comes after what they name: data files, then
 * manifests, their lists, and metadata files last. The first failure ends all streams.
 */
export async function copyFiles(files: readonly CopyFile[], copier: Copier): Promise<void> {
  const missing = missingFiles(files, copier);
  const failed = new AbortController();
  const signal = AbortSignal.any([copier.signal, failed.signal]);
  for (const [, wave] of [...Map.groupBy(missing, ({ name }) => rank(name))].sort(([a], [b]) => a - b)) {
    const copyOne = async (file: CopyFile) => {
      // After a failure the rest is passed over; what is under way ends before we go on.
      if (signal.aborted) return;
      await copyFile(file, copier, signal).catch(error => failed.abort(error));
    };
    await pMap(wave, copyOne, { concurrency: copier.streams });
    copier.signal.throwIfAborted();
    failed.signal.throwIfAborted();
  }
}

/** The files that are not there with the same length, which the counts then expect. */
export function missingFiles(
  files: readonly CopyFile[],
  { counts, present }: Pick<Copier, "counts" | "present">,
): CopyFile[] {
  const missing = files.filter(({ name, bytes }) => present.get(name) !== bytes);
  counts.there += files.length - missing.length;
  counts.totalFiles += missing.length;
  counts.totalBytes += missing.reduce((sum, { bytes }) => sum + bytes, 0);
  return missing;
}

async function copyFile({ from, name, bytes }: CopyFile, copier: Copier, signal: AbortSignal): Promise<void> {
  const { folder, read, counts, before, onProgress, present } = copier;
  await folder.upload(name, {
    bytes,
    signal,
    before,
    read: (offset, length) => read(from, offset, length, signal),
    after(sent) {
      counts.bytes += sent;
      onProgress();
    },
  });
  present.set(name, bytes);
  counts.files += 1;
  onProgress();
}

function rank(name: string): number {
  if (!name.startsWith("metadata/")) return 0;
  if (name.endsWith(".metadata.json")) return 3;
  return /\/snap-[^/]*\.avro$/.test(name) ? 2 : 1;
}
