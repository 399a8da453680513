import { closeSync, openSync, rmSync, writeSync } from "node:fs";
import { join } from "node:path";
import papaparse from "papaparse";
import { azureFile } from "../../connectors/azure/azure-files.ts";
import { besideLogFile, layoutOf } from "../../core/store/layout.ts";
import { hasRoom, partSize, workFolder, writeParts } from "../../formats/csv/parts.ts";
import { endsInWords, type Prepared, prepareFile, UnreadableFile } from "../../formats/csv/prepare.ts";
import type { BadRecord } from "../../formats/csv/record-line.ts";
import { group } from "../../views/format/figures.ts";
import type { StepContext } from "../engine.ts";
import { fileOfSpark } from "./fetch.ts";
import type { Load } from "./plan.ts";

/** What a reading is told by its step. */
export type Reading = Pick<StepContext, "signal" | "emit" | "settings" | "spark"> & { job: { id: string } };

/** A file whose records were checked and lie in parts that Spark can read. */
export interface PreparedLoad {
  load: Load;
  file: Prepared;
  parts: string;
}

/**
 * Reads all of a file by the one reader. What can be taken is written into parts of plain CSV, the rest beside the job's log
 * with line and reason. Throws a sentence where the file is no text, or nothing of it can be loaded.
 */
export async function prepared(found: Load, reading: Reading): Promise<PreparedLoad> {
  const { settings, job, signal } = reading;
  const { source, bytes = "0" } = found;
  const keepFree = settings.MIN_FREE_MB * 1_000_000;
  const noRoom = () =>
    new Error(
      `There is no room on the worker's disk for ${source.name} in parts. Free some, or set DATA_DIR to another disk.`,
    );
  const folder = workFolder(settings.DATA_DIR, job.id, Number(bytes) * (source.path ? 1 : 2), keepFree);
  if (!folder) throw noRoom();
  const path = source.path ?? (await fetched(found, join(folder, "whole.csv"), reading));
  const parts = join(folder, "parts");
  const writer = writeParts(parts, {
    size: partSize(Number(bytes)),
    room() {
      if (!hasRoom(parts, 0, keepFree)) throw noRoom();
    },
  });
  const bad = keepBad(besideLogFile(layoutOf(settings.DATA_DIR), job.id, "bad"));
  try {
    const file = await prepareFile(path, found, { good: writer.write, bad: bad.keep, signal });
    refuseEmpty(file, found);
    const ends = endsInWords(file.ends);
    const skipped =
      file.remarks === 0
        ? []
        : [`remarks, lines that begin with ${found.dialect.comment}, that were skipped: ${group(file.remarks)}`];
    return { load: { ...found, notes: [...found.notes, ...(ends ? [ends] : []), ...skipped] }, file, parts };
  } catch (error) {
    if (error instanceof UnreadableFile) throw new Error(`${source.name} can't be loaded. ${error.message}`);
    throw error;
  } finally {
    writer.end();
    bad.end();
  }
}

async function fetched({ source }: Load, path: string, { settings, signal, spark }: Reading): Promise<string> {
  const file = (await azureFile(source.uri, settings)) ?? (await fileOfSpark(await spark(), source));
  await file.save(path, signal);
  return path;
}

function refuseEmpty({ records, bytes }: Prepared, { dialect }: Load): void {
  if (records > 0) return;
  const why =
    bytes === 0 ? "The file is empty" : dialect.header ? "It has a header and no record below it" : "It has no record";
  throw new UnreadableFile(`${why}: nothing was written.`);
}

const TEXT = 10_000;

// A file may be bad from its first record to its last.
function keepBad(path: string): { keep(record: BadRecord): void; end(): void } {
  rmSync(path, { force: true });
  let [file, text]: [number | undefined, string] = [undefined, ""];
  const flush = () => {
    if (text === "") return;
    file ??= openSync(path, "w", 0o600);
    writeSync(file, text);
    text = "";
  };
  return {
    keep({ line, number, problem, text: record }) {
      if (file === undefined && text === "") text = "line,record,reason,text\r\n";
      const row = [line, number + 1, problem, record.slice(0, TEXT)];
      text += `${papaparse.unparse([row], { escapeFormulae: true })}\r\n`;
      if (text.length > 1 << 18) flush();
    },
    end() {
      flush();
      if (file !== undefined) closeSync(file);
    },
  };
}

/** Throws where a job takes no bad records, or where there is nothing else. */
export function refuseBad({ records, bad }: Prepared, badRecords: "reject" | "fail", id: string): void {
  const where = `They are in logs/${id}.bad.csv, each with its line and the reason.`;
  if (bad === records)
    throw new Error(`None of the ${group(records)} records can be taken, so nothing was written. ${where}`);
  if (bad > 0 && badRecords === "fail")
    throw new Error(
      `${group(bad)} of ${group(records)} records can't be taken, and badRecords is "fail": nothing was written. ${where}`,
    );
}
