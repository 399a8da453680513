import assert from "node:assert/strict";
import { mkdirSync, readdirSync, renameSync } from "node:fs";
import { join } from "node:path";
import { quote } from "../../../connectors/iceberg/names.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { laptopFolders } from "../../../laptop/folders.ts";
import { type Ran, settings } from "../../engines/lake.ts";
import type { Hive } from "./hive.ts";
import { columnsIn, rowsInHive, rowsInSpark } from "./rows.ts";

/** The folder of a table in the tests' warehouse. */
export function folderOf(database: string, table: string): string {
  return join(laptopFolders(settings.LAPTOP_DIR).hiveWarehouse, `${database}.db`, table);
}

/** Moves one data file of a folder into a folder below it, as Hive on Tez leaves the parts of a union. */
export function moveBelow(folder: string, below: string): void {
  const file = readdirSync(folder, { withFileTypes: true }).find(entry => entry.isFile() && /^[^._]/.test(entry.name));
  if (!file) throw new Error(`there is no data file in ${folder}`);
  mkdirSync(join(folder, below), { recursive: true });
  renameSync(join(folder, file.name), join(folder, below, file.name));
}

/** Holds every table that was copied against what Hive answers, row by row; gives the names of those. */
export async function sameAsHive(
  hive: Hive,
  session: Session,
  database: string,
  ran: Pick<Ran, "outcomes">,
): Promise<string[]> {
  const compared: string[] = [];
  for (const [table, { outcome, proof, error }] of ran.outcomes) {
    if (outcome !== "succeeded") continue;
    assert.equal(error, undefined, table);
    assert.equal(proof?.verdict, "equal", table);
    const copied = `lake.${quote(`${database}_iceberg`)}.${quote(table)}`;
    const columns = await columnsIn(session, copied);
    const theirs = await rowsInHive(hive, `${quote(database)}.${quote(table)}`, columns);
    assert.deepEqual(await rowsInSpark(session, copied, columns), theirs, `${table} is not what Hive has`);
    compared.push(table);
  }
  return compared;
}

/** What became of a table, in one line: `skipped: s is a materialized view of Hive, …`. */
export function endOf(ran: Pick<Ran, "outcomes">, table: string): string {
  const found = ran.outcomes.get(table);
  return found ? `${found.outcome}${found.error ? `: ${found.error.message}` : ""}` : "no outcome";
}

/** What the proof of a table says of its files. */
export function filesIn(
  ran: Pick<Ran, "proofs">,
  table: string,
): { listed: number; read: number; empty: number } | undefined {
  return ran.proofs.find(proof => proof.table.endsWith(`.${table}`))?.sourceFiles;
}
