import { closeSync, openSync, writeSync } from "node:fs";
import papaparse from "papaparse";
import { quote } from "../../connectors/iceberg/names.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { STAGED } from "../../formats/csv/columns.ts";
import { deduplicateSelect, type OnDuplicate, sameKey } from "../../formats/csv/deduplicate.ts";
import type { Load } from "../load-csv/plan.ts";

/** How many are kept; how many there are is told by the figures. */
const MOST = 100_000;

/** Writes the records that do not count since another one has their key: key, their line, the line of the one that counts. */
export async function keepConflicts(
  session: Session,
  load: Load,
  relation: string,
  onDuplicate: OnDuplicate,
  path: string,
): Promise<void> {
  const keys = load.columns.filter(column => column.key).map(({ name }) => name);
  const counts = deduplicateSelect(relation, load.columns, onDuplicate === "reject" ? "last" : onDuplicate);
  const texts = keys.map((key, at) => `cast(s.${quote(key)} as string) as k${at}`);
  const rows = await session.query(
    `select ${texts.join(", ")}, cast(s.${STAGED.record} as string) as record, cast(w.${STAGED.record} as string) as kept,
     cast(s.${STAGED.line} as string) as line, cast(w.${STAGED.line} as string) as kept_line
     from ${relation} s join (${counts}) w on ${sameKey("s", "w", load.columns)}
     where s.${STAGED.record} <> w.${STAGED.record} order by s.${STAGED.record} limit ${MOST}`,
  );
  const file = openSync(path, "w", 0o600);
  try {
    const heads = [...keys, "record", "line", "counting_record", "counting_line"];
    writeSync(file, `${papaparse.unparse([heads])}\r\n`);
    for (const row of rows) {
      const where = [Number(row.record) + 1, row.line, Number(row.kept) + 1, row.kept_line];
      const values = keys.map((_, at) => row[`k${at}`] ?? "");
      writeSync(file, `${papaparse.unparse([[...values, ...where]], { escapeFormulae: true })}\r\n`);
    }
  } finally {
    closeSync(file);
  }
}
