import { z } from "zod";
import type { BlobFolder } from "../../../connectors/azure/blob-folder.ts";

// An underscore in front: Iceberg's remove_orphan_files passes over such files.
const NAME = "metadata/_portal-history.json";
const MOST = 1000;

const shape = z.object({
  source: z.string(),
  uuid: z.string(),
  files: z.array(z.string()),
  expired: z.object({ after: z.string(), names: z.array(z.string()) }).optional(),
});

/**
 * What the portal keeps beside a copy: whose history it is, and the names of the metadata files that a job let it stand on,
 * or was about to. Where the table stands on another, somebody else wrote to it.
 */
export type Marker = z.infer<typeof shape>;

/** Reads the marker of a copy; undefined where there is none, or none that can be read. */
export async function readMarker(folder: BlobFolder): Promise<{ marker?: Marker; mark?: string }> {
  const stored = await folder.text(NAME);
  if (!stored) return {};
  try {
    return { marker: shape.parse(JSON.parse(stored.text)), mark: stored.mark };
  } catch {
    return { mark: stored.mark };
  }
}

/** Changes the marker, whoever else changes it at the same time. */
export async function changeMarker(folder: BlobFolder, change: (now: Marker | undefined) => Marker): Promise<void> {
  for (let tries = 0; tries < 20; tries += 1) {
    const { marker, mark } = await readMarker(folder);
    const next = change(marker);
    const text = JSON.stringify({ ...next, files: next.files.slice(-MOST) });
    if (await folder.keepText(NAME, text, mark)) return;
  }
  throw new Error("Others kept on changing what is kept of this copy's history. Run the job again.");
}

/** The last part of a metadata file's path, which a copy keeps: by it the two sides are compared. */
export function nameOfFile(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * Whether no other metadata file has this name. Iceberg puts a UUID into it, but a Hadoop catalog counts: `v3.metadata.json`
 * is in every table there, and again in one that was dropped and made anew.
 */
export function isNamedOnce(name: string): boolean {
  return /-[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\./i.test(name);
}

/** Removes at the target what the source had expired, once the copy stands on a state without it. Gives how many files. */
export async function removeExpired(
  folder: BlobFolder,
  standing: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  const { marker } = await readMarker(folder);
  const expired = marker?.expired;
  if (!expired || expired.after !== standing) return undefined;
  await folder.remove(expired.names, signal);
  await changeMarker(folder, now => {
    const { expired: _, ...rest } = now ?? marker;
    return rest;
  });
  return expired.names.length;
}
