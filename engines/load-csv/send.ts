import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { quote } from "../../connectors/iceberg/names.ts";
import { ddl } from "../../connectors/spark/protocol/types.ts";
import { localCommand } from "../../connectors/spark/server/java.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { type CsvColumn, STAGED } from "../../formats/csv/columns.ts";
import { PLAIN_DIALECT } from "../../formats/csv/dialect.ts";
import { csvReader } from "../../formats/csv/reader.ts";

// In one file; its modules are 146, and a tenth of a second of every engine's start.
const arrow: typeof import("apache-arrow") = createRequire(import.meta.url)("apache-arrow/Arrow.es2015.min");
const { Table, tableToIPC, Utf8, vectorFromArray } = arrow;

/** How many characters go in one message. */
const MESSAGE = 4 * 2 ** 20;

/** Sends prepared records to a Spark elsewhere, through its own door, into a table there. */
export async function sendParts(
  session: Session,
  paths: readonly string[],
  columns: readonly CsvColumn[],
  into: string,
  signal: AbortSignal,
): Promise<void> {
  const typed = columns.map(({ name, type }, at) => `cast(c${at + 2} as ${ddl(type)}) as ${quote(name)}`);
  const select = `select cast(c0 as bigint) as ${STAGED.record}, cast(c1 as bigint) as ${STAGED.line}, ${typed.join(", ")} from rows`;
  const kinds = columns.map(({ name, type }) => `${quote(name)} ${ddl(type)}`);
  await session.command(
    `create table ${into} (${STAGED.record} bigint, ${STAGED.line} bigint, ${kinds.join(", ")}) using iceberg`,
  );
  const names = Array.from({ length: columns.length + 2 }, (_, at) => `c${at}`);
  for (const path of paths) {
    for (const rows of messages(path)) {
      const vectors = names.map((name, at) => [
        name,
        vectorFromArray(
          rows.map(row => row[at] ?? null),
          new Utf8(),
        ),
      ]);
      const data = tableToIPC(new Table(Object.fromEntries(vectors)), "stream");
      await session.execute(localCommand(`insert into ${into} ${select}`, "rows", data), { signal }).result;
    }
  }
}

// A part is read by the reader that wrote it: its fields can be understood in one way only.
function* messages(path: string): Generator<(string | null)[][]> {
  const text = readFileSync(path, "utf8");
  let rows: (string | null)[][] = [];
  let size = 0;
  const ready: (string | null)[][][] = [];
  const reader = csvReader(PLAIN_DIALECT, ({ fields, text: record }) => {
    rows.push(fields);
    size += record.length + 8;
    if (size < MESSAGE) return;
    ready.push(rows);
    [rows, size] = [[], 0];
  });
  for (let at = 0; at < text.length; at += MESSAGE) {
    reader.push(text.slice(at, at + MESSAGE));
    yield* ready.splice(0);
  }
  reader.end();
  yield* ready;
  if (rows.length > 0) yield rows;
}
