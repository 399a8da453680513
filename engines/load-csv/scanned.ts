import { join } from "node:path";
import { cutInto, partSize, workFolder } from "../../csv/parts.ts";
import { type Scan, scanFile } from "../../csv/scan.ts";
import { group } from "../../views/figures.ts";
import { isHere, onAzure } from "../away.ts";
import type { Load } from "./plan.ts";
import type { Reading, Staged } from "./stage.ts";

/**
 * Reads a file that lies on this machine or on our Azure storage once, cuts it into parts on the way where Spark can
 * reach them, and refuses what is no text or has a quote without an end.
 */
export async function scanned(found: Load, reading: Reading): Promise<{ load: Load; scan?: Scan }> {
  const { load, folder } = await onThisMachine(found, reading);
  const { source, dialect } = load;
  if (!source.path) return { load };
  const parts = folder && join(folder, "parts");
  const cutter = parts ? cutInto(parts, { size: partSize(Number(load.bytes)), header: dialect.header }) : undefined;
  const scan = await scanFile(source.path, dialect, cutter, reading.signal).finally(() => cutter?.end());
  refuseNoText(scan, load);
  const { lineEnd } = scan;
  const told = lineEnd ? { ...load, dialect: { ...dialect, lineEnd } } : load;
  return { scan, load: parts ? { ...told, parts } : told };
}

// What is cut or fetched lies among the uploads. A Spark elsewhere that reaches a file of FILES_FROM may not reach those.
async function onThisMachine(load: Load, { settings, job, signal }: Reading): Promise<{ load: Load; folder?: string }> {
  const { source, bytes = "0" } = load;
  const away = source.path ? undefined : await onAzure(source, settings);
  if (!away && !(source.upload || (source.path && isHere(settings)))) return { load };
  const room = Number(bytes) * (away ? 2 : 1);
  const folder = workFolder(settings.DATA_DIR, job.id, room, settings.MIN_FREE_MB * 1_000_000);
  if (!away) return folder ? { load, folder } : { load };
  if (!folder) throw new Error(`There is no room on the worker's disk for ${source.name}, twice ${bytes} bytes.`);
  const path = join(folder, "whole.csv");
  await away.save(path, signal);
  return { load: { ...load, source: { ...source, path } }, folder };
}

function refuseNoText({ zeroByte, notUtf8, mixedEnds, openQuote, bytes }: Scan, { source }: Load): void {
  const no = (why: string) => new Error(`${source.name} can't be loaded. ${why}`);
  if (bytes === 0) throw no("The file is empty.");
  if (zeroByte !== undefined) throw no(`It is no text: there is a zero byte in line ${zeroByte}.`);
  if (notUtf8 !== undefined)
    throw no(`It has bytes that are no UTF-8, near line ${notUtf8}. Write "encoding": "ISO-8859-1" into its format.`);
  if (mixedEnds !== undefined)
    throw no(
      `Line ${mixedEnds} does not end as those before it: some end with CRLF, some with LF. Save it with one of them.`,
    );
  if (openQuote !== undefined) throw no(`A quote that opens in line ${openQuote} is never closed.`);
}

/** How many records a scan has found that are to be loaded. */
export function recordsIn({ records }: Scan, { dialect }: Load): number {
  return Math.max(0, records - (dialect.header ? 1 : 0));
}

/** Both cut the same bytes into records: where they disagree a line end or quote was understood in two ways. */
export function refuseOther(scan: Scan, staged: Staged, load: Load): void {
  const counted = recordsIn(scan, load);
  if (counted === staged.records) return;
  throw new Error(
    `${load.source.name} has ${group(counted)} records, and Spark found ${group(staged.records)}: a quote or a line end in it can be read in two ways. Nothing was written.`,
  );
}
