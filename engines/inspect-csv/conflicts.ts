import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import papaparse from "papaparse";
import { STAGED } from "../../csv/reading.ts";
import { linesOf } from "../../csv/scan.ts";
import { type OnDuplicate, sameKey, winnersSelect } from "../../csv/winners.ts";
import type { Layout } from "../../files/layout.ts";
import type { Session } from "../../spark/session.ts";
import { quote } from "../../tables/names.ts";
import type { Load } from "../load-csv/plan.ts";
import type { Staged } from "../load-csv/stage.ts";

/** How many are kept; how many there are is told by the figures. */
export const MOST = 100_000;

/** Where the records are kept that share their key with another one, beside the log. */
export function conflictsFile({ logs }: Pick<Layout, "logs">, id: string): string {
  return join(logs, `${id}.conflicts.csv`);
}

/** Writes the records that do not count since another one has their key: key, their line, the line of the one that counts. */
export async function keepConflicts(
  session: Session,
  load: Load,
  { relation }: Staged,
  onDuplicate: OnDuplicate,
  path: string,
): Promise<void> {
  const keys = load.columns.filter(column => column.key).map(({ name }) => name);
  const counts = winnersSelect(relation, load.columns, onDuplicate === "reject" ? "last" : onDuplicate);
  const texts = keys.map((key, at) => `cast(s.${quote(key)} as string) as k${at}`);
  const rows = await session.query(
    `select ${texts.join(", ")}, cast(s.${STAGED.record} as string) as record, cast(w.${STAGED.record} as string) as kept
     from ${relation} s join (${counts}) w on ${sameKey("s", "w", load.columns)}
     where s.${STAGED.problem} is null and s.${STAGED.record} <> w.${STAGED.record} order by s.${STAGED.record} limit ${MOST}`,
  );
  const wanted = new Set(rows.flatMap(({ record, kept }) => [Number(record), Number(kept)]));
  const lines = load.source.path ? await linesOf(load.source.path, load.dialect, wanted) : new Map<number, number>();
  const file = openSync(path, "w", 0o640);
  try {
    const heads = [...keys, "record", "line", "counting_record", "counting_line"];
    writeSync(file, `${papaparse.unparse([heads])}\r\n`);
    for (const row of rows) {
      const [record, kept] = [Number(row.record), Number(row.kept)];
      const where = [record + 1, lines.get(record) ?? "", kept + 1, lines.get(kept) ?? ""];
      const values = keys.map((_, at) => row[`k${at}`] ?? "");
      writeSync(file, `${papaparse.unparse([[...values, ...where]], { escapeFormulae: true })}\r\n`);
    }
  } finally {
    closeSync(file);
  }
}
