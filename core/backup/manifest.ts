import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import { readLines } from "../system/ndjson.ts";

/** A file of a backup: its path there, how many bytes it has, and their SHA-256. */
export interface BackupEntry {
  path: string;
  bytes: number;
  sha256: string;
}

const entryShape = z.object({ path: z.string(), bytes: z.number(), sha256: z.string() });
const endShape = z.object({ at: z.iso.datetime(), files: z.int() });

/** The list of all files of a backup: a line for each, and one at its end that says how many, and when. */
export function manifestFile(folder: string): string {
  return join(folder, "manifest.ndjson");
}

/** Reads that list. Throws a sentence where it is not whole. */
export function readManifest(folder: string): { at: string; entries: BackupEntry[] } {
  const path = manifestFile(folder);
  if (!existsSync(path)) throw new Error(`${folder} is no backup: it has no manifest.ndjson.`);
  const lines = readLines(path, z.unknown());
  const end = endShape.safeParse(lines.pop());
  const entries = lines.map(line => entryShape.safeParse(line).data).filter(entry => entry !== undefined);
  if (!end.success || entries.length !== end.data.files)
    throw new Error(`The backup in ${folder} is not whole: its manifest.ndjson has no end. Take another one.`);
  const outside = entries.find(({ path: name }) => name.startsWith("/") || name.split("/").includes(".."));
  if (outside)
    throw new Error(`The backup in ${folder} names a file outside of it: ${outside.path}. Nothing was done.`);
  return { at: end.data.at, entries };
}

/** Reads every file of a backup again, and throws a sentence where one is missing or another. */
export async function verifyManifest(folder: string): Promise<void> {
  for (const { path, sha256 } of readManifest(folder).entries) {
    const found = await hashOfFile(join(folder, path)).catch(error => (error as NodeJS.ErrnoException).code);
    if (found !== sha256)
      throw new Error(
        `The backup in ${folder} is spoilt: ${path} is not what was backed up (${found}). Take another one.`,
      );
  }
}

/** SHA-256 of a file of any size. */
export async function hashOfFile(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
