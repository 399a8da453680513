import assert from "node:assert/strict";
import { test } from "node:test";
import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import { streamFormat, streamFormats } from "../../../engines/stream-logs/formats.ts";
import { badLines, goodLines } from "../../../engines/stream-logs/sql.ts";
import { parsedColumns, parsedText, parsing } from "../../../formats/logs/parse.ts";
import { testSession } from "../lake.ts";

const COUNTRIES = "(select 1 as bucket, 2L as lo, 3L as hi, 'x' as cc)";

function topic(...lines: string[]): string {
  const values = lines.map((line, at) => `(${at}, ${sparkLiteral(line)})`).join(", ");
  return `select 't' as topic, 0 as partition, cast(at as bigint) as offset, timestamp '2024-05-01 10:00:00' as kafka_time, raw from values ${values} as v(at, raw)`;
}

test("a stream reads lines with the reader of the analyses, and a level that is not known is unknown", async t => {
  const session = await testSession(t);
  const read = async (format: string, ...lines: string[]) => {
    const sql = goodLines(streamFormat(format), COUNTRIES, topic(...lines));
    const rows = await session.query(`select level, status, endpoint, seconds from (${sql}) order by offset`);
    return rows.map(row => Object.values(row));
  };
  assert.deepEqual(
    await read(
      "json",
      '{"level":50,"msg":"x","time":1714557600123}',
      '{"msg":"y"}',
      '{"request":"GET /a?b=1 HTTP/1.1","status":"404","request_time":"0.2"}',
      "no object",
    ),
    [
      ["error", null, null, null],
      ["unknown", null, null, null],
      ["warn", 404, "/a", 0.2],
    ],
  );
  assert.deepEqual(await read("logfmt", "level=warn msg=x status=200 duration=3ms"), [["warn", 200, null, 0.003]]);
});

test("every format that a stream may name makes a statement that Spark takes", async t => {
  const session = await testSession(t);
  const names = streamFormats();
  assert.ok(names.includes("access") && names.includes("postgres") && !names.includes("postgres-csv"));
  for (const name of names.filter((_, at) => at % 4 === 0)) {
    const format = streamFormat(name);
    for (const sql of [goodLines(format, COUNTRIES, topic("x")), badLines(format, topic("x"))])
      assert.ok(await session.schema(sql), name);
  }
});

test("streams and analyses take a line apart by one reader, whatever its format", () => {
  for (const name of streamFormats()) {
    const format = streamFormat(name);
    const [stream, analysis] = [goodLines(format, COUNTRIES, "lines"), parsing(format, "lines", { timeZone: "UTC" })];
    const parts = format.parts(parsedText(format));
    assert.ok(stream.includes(parts) && analysis.includes(parts), `${name}: the parts of a line`);
    const found = parsedColumns(format, "__parts", { timeZone: "UTC" });
    for (const [column, sql] of Object.entries(found)) {
      if (column === "message" || column === "template" || column === "host") continue;
      assert.ok(stream.includes(`${sql} as ${column}`), `${name}: ${column} of a stream`);
      assert.ok(analysis.includes(`${sql} as __${column}`), `${name}: ${column} of an analysis`);
    }
    const [good] = /coalesce\(([\s\S]*?), false\) as __good/.exec(stream)?.slice(1) ?? [];
    assert.ok(good, `${name}: what a stream takes for good`);
  }
});
