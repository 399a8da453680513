import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { sendParts } from "../../../engines/load-csv/send.ts";
import type { CsvColumn } from "../../../formats/csv/columns.ts";
import { writeParts } from "../../../formats/csv/parts.ts";
import { declaredType } from "../../../formats/csv/types.ts";
import { csvWorld } from "../csv.ts";

test("a Spark that does not see the worker's disk is sent the records, in as many messages as they need", async t => {
  const { settings, session, namespace, rows } = await csvWorld(t);
  await session.command(`create namespace lake.${namespace}`);
  const parts = join(settings.DATA_DIR, "parts");
  const writer = writeParts(parts, { size: 1 << 20, room() {} });
  const text = (i: number) => `a "b", ${i}\r\n${"é".repeat(200)}`;
  const many = 30_000;
  for (let i = 0; i < many; i++)
    writer.write(`${i},${i + 2},${i},"${text(i).replaceAll('"', '""')}",${i % 2 ? '""' : ""},${i}.25\n`);
  writer.end();
  const types = ["bigint", "string", "string", "decimal(10,2)"];
  const columns = types.map((type, at): CsvColumn => {
    const name = `c ${at}`;
    return { name, from: name, at, key: at === 0, required: false, ...declaredType(type) };
  });
  const table = `lake.${namespace}.sent`;
  const paths = readdirSync(parts)
    .sort()
    .map(name => join(parts, name));
  assert.ok(paths.length > 3, `${paths.length} parts`);
  await sendParts(session, paths, columns, table, new AbortController().signal);
  assert.deepEqual(
    await rows(
      `select count(*) as n, count(distinct __record) as d, sum(__line) as lines, count(\`c 2\`) as there from ${table}`,
    ),
    [{ n: String(many), d: String(many), lines: String((many * (many - 1)) / 2 + 2 * many), there: String(many / 2) }],
  );
  const [row] = await rows(`select * from ${table} where __record = 17777`);
  assert.deepEqual(row, {
    __record: "17777",
    __line: "17779",
    "c 0": "17777",
    "c 1": text(17_777),
    "c 2": "",
    "c 3": "17777.25",
  });
});
