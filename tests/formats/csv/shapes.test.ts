import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { openTableSession } from "../../../connectors/iceberg/session.ts";
import type { CsvColumn } from "../../../formats/csv/columns.ts";
import { PLAIN_DIALECT } from "../../../formats/csv/dialect.ts";
import { writeParts } from "../../../formats/csv/parts.ts";
import { prepareFile } from "../../../formats/csv/prepare.ts";
import { recordsSelect, viewStatement } from "../../../formats/csv/reading.ts";
import { declaredType } from "../../../formats/csv/types.ts";
import { settings } from "../../engines/lake.ts";

/** Texts that readers of CSV take for something else. */
const TEXTS = [
  ...Array.from({ length: 0xff }, (_, i) => String.fromCharCode(i + 1)),
  ...Array.from({ length: 0x7e }, (_, i) => `a${String.fromCharCode(i + 1)}b`),
  ...[
    '"',
    '""',
    '"""',
    '"a',
    'a"',
    '\\"',
    "\\",
    "\\\\",
    '\\",',
    "''",
    "#",
    "#a",
    "//",
    "\u0001null\u0001",
    "null",
    "NULL",
    "\\N",
  ],
  ...[
    "\n",
    "\r",
    "\r\n",
    "\r\r\n",
    "\n\n",
    " \n ",
    '"\n"',
    "a\n",
    "\na",
    '\n",\n"',
    " ",
    "  a  ",
    "\t",
    "\u2028",
    "\u00a0",
    "\u3000",
  ],
  ...[
    "é",
    "日本",
    "😀",
    "👩‍👩‍👧",
    "e\u0301",
    "\ufeff",
    "x\ufeffy",
    "\ufffd",
    "\u200b",
    ",",
    ";",
    "|",
    ",,",
    '","',
    "=1+1",
    "${env:HOME}",
  ],
  "x".repeat(200_000),
];

test("Spark reads the prepared parts as they were written, each value to its last sign", async t => {
  const folder = mkdtempSync(join(tmpdir(), "portal-shapes-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "file.csv");
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const records = TEXTS.map(
    (text, i) =>
      `${i},${quoted(text)},${i % 3 === 0 ? "" : quoted("")},${i % 2 ? i : ""},${i}.25,2026-01-${String((i % 28) + 1).padStart(2, "0")},2026-01-31 12:30:00.5,${i % 2 === 0}`,
  );
  writeFileSync(path, `k,t,e,n,p,d,at,b\r\n${records.join("\r\n")}`);
  const types = ["bigint", "string", "string", "int", "decimal(10,2)", "date", "timestamp", "boolean"];
  const names = "k,t,e,n,p,d,at,b".split(",");
  const columns = names.map(
    (name, at): CsvColumn => ({
      name,
      from: name,
      at,
      key: at === 0,
      required: false,
      ...declaredType(types[at] ?? ""),
    }),
  );
  const parts = join(folder, "parts");
  const writer = writeParts(parts, { size: 1, room() {} });
  const found = await prepareFile(
    path,
    { dialect: PLAIN_DIALECT, names, columns },
    { good: writer.write, bad: record => assert.fail(JSON.stringify(record).slice(0, 300)) },
  );
  writer.end();
  assert.equal(found.records, TEXTS.length);
  assert.ok(readdirSync(parts).length >= 1);
  const session = await openTableSession(settings);
  t.after(async () => {
    await session.release();
    session.close();
  });
  await session.command(viewStatement("shapes", `file:${parts}`, columns.length));
  const rows = await session.query(
    `select *, hex(t) as bytes from (${recordsSelect("shapes", columns)}) order by __record`,
  );
  assert.equal(rows.length, TEXTS.length);
  for (const [i, row] of rows.entries()) {
    assert.equal(
      row.bytes,
      Buffer.from(TEXTS[i] ?? "")
        .toString("hex")
        .toUpperCase(),
      JSON.stringify(TEXTS[i]).slice(0, 50),
    );
    const { k, e, n, p, d, at, b } = row;
    const day = `2026-01-${String((i % 28) + 1).padStart(2, "0")}`;
    assert.deepEqual(
      [k, e, n, p, d, b],
      [BigInt(i), i % 3 === 0 ? null : "", i % 2 ? i : null, `${i}.25`, day, i % 2 === 0],
    );
    assert.match(String(at), /^2026-01-31[ T]12:30:00\.5/);
  }
});
