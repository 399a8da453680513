import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { type Dialect, PLAIN } from "../../csv/dialect.ts";
import { cutInto } from "../../csv/parts.ts";
import { stageSelect, viewStatement } from "../../csv/reading.ts";
import { scanFile } from "../../csv/scan.ts";
import { declaredType } from "../../csv/types.ts";
import type { Session } from "../../spark/session.ts";
import { openTableSession } from "../../tables/session.ts";
import { settings } from "../engines/lake.ts";

type Read = { rows: (string | null)[][]; problems: [record: number, why: string][]; records: number };

let views = 0;

/** Reads a file as a load does, whole and cut at every record; its records must be those that our own scan counts. */
async function read(
  t: TestContext,
  session: Session,
  content: string | Buffer,
  names: readonly (readonly [name: string, type: string])[] = [
    ["k", "string"],
    ["v", "string"],
  ],
  given: Partial<Dialect> = {},
): Promise<Read> {
  const folder = mkdtempSync(join(tmpdir(), "portal-shapes-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, "file.csv");
  writeFileSync(path, content);
  const parts = join(folder, "parts");
  const cutter = cutInto(parts, { size: 1, header: given.header ?? PLAIN.header });
  const scan = await scanFile(path, { ...PLAIN, ...given }, cutter);
  cutter.end();
  const { lineEnd } = scan;
  const dialect = { ...PLAIN, ...given, ...(lineEnd && { lineEnd }) };
  const [whole, cut] = [`shape_${views++}`, `shape_${views++}`];
  await session.command(viewStatement(whole, `file:${path}`, names.length, dialect));
  await session.command(viewStatement(cut, `file:${parts}`, names.length, { ...dialect, header: false }));
  const columns = names.map(([name, type], at) => ({
    name,
    at,
    from: name,
    ...declaredType(type),
    key: at === 0,
    required: false,
  }));
  const header = dialect.header ? names.map(([name]) => name) : undefined;
  const all = (view: string, isCut: boolean) =>
    session.query(`select * from (${stageSelect(view, columns, header, isCut)}) order by __record`);
  const [found, inParts] = await Promise.all([all(whole, false), all(cut, true)]);
  assert.equal(scan.records - (dialect.header ? 1 : 0), found.length, "Spark and the scan cut the same records");
  assert.deepEqual(inParts, found, "a record in a part of its own is the same record");
  const problems = found.flatMap((row): Read["problems"] =>
    row.__problem === null ? [] : [[Number(row.__record), String(row.__problem)]],
  );
  const rows = found
    .filter(row => row.__problem === null)
    .map(row => names.map(([name]) => (row[name] === null ? null : String(row[name]))));
  return { rows, problems, records: found.length };
}

test("CSV as it comes: what is in a field arrives as it was written, and what can't be taken says why", async t => {
  const session = await openTableSession(settings);
  t.after(async () => {
    await session.release();
    session.close();
  });
  await session.config.set({ "spark.sql.files.maxPartitionBytes": "1" });
  const check = async (name: string, work: () => Promise<void>) => await t.test(name, work);

  await check("quoted quotes, delimiters and line breaks", async () => {
    const { rows } = await read(t, session, 'k,v\n1,"say ""yes"", then\nno"\n2,"""\n"""\n');
    assert.deepEqual(rows, [
      ["1", 'say "yes", then\nno'],
      ["2", '"\n"'],
    ]);
  });
  await check("CRLF outside and inside of quotes", async () => {
    const { rows } = await read(t, session, 'k,v\r\n1,"a\r\nb"\r\n2,c\r\n');
    assert.deepEqual(rows, [
      ["1", "a\r\nb"],
      ["2", "c"],
    ]);
  });
  await check("LF outside, CRLF inside of quotes", async () => {
    const { rows } = await read(t, session, 'k,v\n1,"a\r\nb"\n2,c\n');
    assert.deepEqual(rows, [
      ["1", "a\r\nb"],
      ["2", "c"],
    ]);
  });
  await check("CRLF outside, both and empty lines inside of quotes, and a last field in quotes", async () => {
    const { rows } = await read(t, session, 'k,v\r\n1,"a\nb\r\n\r\n"\r\n\r\n2,c\r\n"3","d""\r\n"\r\n4,');
    assert.deepEqual(rows, [
      ["1", "a\nb\r\n\r\n"],
      ["2", "c"],
      ["3", 'd"\r\n'],
      ["4", null],
    ]);
  });
  await check("an empty text is another thing than null", async () => {
    assert.deepEqual((await read(t, session, 'k,v\n1,\n2,""\n')).rows, [
      ["1", null],
      ["2", ""],
    ]);
  });
  await check("a BOM, and no final line end", async () => {
    assert.deepEqual((await read(t, session, "\uFEFFk,v\nä,2")).rows, [["ä", "2"]]);
    assert.deepEqual((await read(t, session, "\uFEFFä,2", undefined, { header: false })).rows, [["ä", "2"]]);
  });
  await check("Latin-1, semicolons and tabs", async () => {
    const latin = Buffer.from("k;v\nä;é,1\n", "latin1");
    assert.deepEqual((await read(t, session, latin, undefined, { encoding: "ISO-8859-1", delimiter: ";" })).rows, [
      ["ä", "é,1"],
    ]);
    assert.deepEqual((await read(t, session, "k\tv\n1\t2,3\n", undefined, { delimiter: "\t" })).rows, [["1", "2,3"]]);
  });
  await check("a missing and an extra field, an empty key, the header again", async () => {
    const { rows, problems } = await read(t, session, 'k,v\n1\n2,a\n3,b,c\n,d\n"",e\nk,v\n');
    assert.deepEqual(rows, [["2", "a"]]);
    const fields = "the number of its fields is not that of the columns";
    assert.deepEqual(problems, [
      [0, fields],
      [2, fields],
      [3, "k: it is empty"],
      [4, "k: it is empty"],
      [5, "this is the header again"],
    ]);
  });
  await check("values that do not fit their type or length", async () => {
    const types = [
      ["k", "varchar(3)"],
      ["n", "int"],
      ["p", "decimal(5,2)"],
      ["d", "date"],
    ] as const;
    const lines = [
      "k,n,p,d",
      "abc,1,2.50,2026-01-31",
      "abcd,1,1,2026-01-31",
      "b,1.7,1,",
      "c,1,1.255,",
      "d,1,12345,",
      "e,1,1,31.1.2026",
      "f,,,",
      'g,"",1,',
    ];
    const { rows, problems } = await read(t, session, `${lines.join("\n")}\n`, types);
    assert.deepEqual(rows, [
      ["abc", "1", "2.50", "2026-01-31"],
      ["f", null, null, null],
      ["g", null, "1.00", null],
    ]);
    assert.deepEqual(problems, [
      [1, "k: 4 characters, 3 at most"],
      [2, 'n: "1.7" is no int'],
      [3, 'p: "1.255" has more than 2 places'],
      [4, 'p: "12345" is no decimal(5,2)'],
      [5, 'd: "31.1.2026" is no date'],
    ]);
  });
  await check("empty lines between records, and a quote in the middle of a field", async () => {
    assert.deepEqual((await read(t, session, 'k,v\n\n1,5" pipe\n\n\n2,b\n\n')).rows, [
      ["1", '5" pipe'],
      ["2", "b"],
    ]);
  });
  await check("a record of more than a megabyte", async () => {
    const long = "x, y\n".repeat(300_000);
    const { rows } = await read(t, session, `k,v\n1,"${long}"\n2,b\n`);
    assert.deepEqual(
      rows.map(row => row[1]?.length),
      [long.length, 1],
    );
  });
  await check("blanks around values stay", async () => {
    assert.deepEqual((await read(t, session, "k,v\n a , b \n")).rows, [[" a ", " b "]]);
  });
});
