import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import papaparse from "papaparse";
import { FIELDS, STAGED } from "../../csv/reading.ts";
import { linesOf } from "../../csv/scan.ts";
import { layoutOf } from "../../files/layout.ts";
import type { Settings } from "../../settings.ts";
import type { Session } from "../../spark/session.ts";
import type { Load } from "./plan.ts";
import type { Staged } from "./stage.ts";

const TEXT = 10_000;

/** Where the records of a job are kept that could not be taken, beside its log. */
export function badFile({ DATA_DIR }: Pick<Settings, "DATA_DIR">, id: string): string {
  return join(layoutOf(DATA_DIR).logs, `${id}.bad.csv`);
}

/** Writes every record that is not taken into a file: its line, its number, why, and its text. */
export async function keepBad(session: Session, load: Load, staged: Staged, path: string): Promise<void> {
  const { source } = load;
  const numbers = new Set<number>();
  const atOnce = rowsAtOnce(load, staged);
  for await (const row of badRows(session, staged, atOnce)) numbers.add(row.number);
  const lines = source.path ? await linesOf(source.path, load.dialect, numbers) : new Map<number, number>();
  const file = openSync(path, "w", 0o640);
  try {
    writeSync(file, "line,record,reason,text\r\n");
    for await (const { number, problem, text } of badRows(session, staged, atOnce)) {
      const reason = problem === FIELDS ? fieldsSentence(text, load) : problem;
      const line = lines.get(number) ?? "";
      writeSync(file, `${papaparse.unparse([[line, number + 1, reason, text]], { escapeFormulae: true })}\r\n`);
    }
  } finally {
    closeSync(file);
  }
}

interface BadRow {
  number: number;
  problem: string;
  text: string;
}

// Each time the whole file is read anew, and what comes is in memory: as many as some megabytes hold.
function rowsAtOnce({ bytes }: Load, { records }: Staged): number {
  const each = bytes === undefined ? TEXT : Math.min(TEXT, Number(bytes) / Math.max(1, records));
  return Math.max(2000, Math.floor(16e6 / (each + 200)));
}

// A part at a time: a file may be bad from its first record to its last.
async function* badRows(session: Session, { relation }: Staged, atOnce: number): AsyncGenerator<BadRow> {
  for (let after = -1; ; ) {
    const rows = await session.query(
      `select cast(${STAGED.record} as string) as number, ${STAGED.problem} as problem,
         left(${STAGED.text}, ${TEXT}) as text from ${relation}
       where ${STAGED.problem} is not null and ${STAGED.record} > ${after} order by ${STAGED.record} limit ${atOnce}`,
    );
    for (const { number, problem, text } of rows)
      yield { number: Number(number), problem: String(problem), text: String(text) };
    if (rows.length < atOnce) return;
    after = Number(rows.at(-1)?.number);
  }
}

function fieldsSentence(text: string, { names, dialect }: Load): string {
  const { data } = papaparse.parse<string[]>(text, { delimiter: dialect.delimiter, quoteChar: dialect.quote });
  const found = data[0]?.length ?? 0;
  return found === names.length ? FIELDS : `${found} ${found === 1 ? "field" : "fields"}, expected ${names.length}`;
}
