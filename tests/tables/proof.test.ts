import assert from "node:assert/strict";
import { test } from "node:test";
import { rowHash, saltedAnew } from "../../tables/hash.ts";
import { takeFigures } from "../../tables/proof.ts";
import { testSession } from "../engines/lake.ts";

const COLUMNS = [{ name: "v", target: { kind: "string" as const } }];

test("the figures of a proof are the exact sums and the xor of all hashes, and there where there are no rows", async t => {
  const session = await testSession(t);
  const relation = "(select if(id % 7 = 0, null, concat('v', id)) as v from range(5000))";
  const rows = await session.query(
    `select ${rowHash(COLUMNS)} as a, ${saltedAnew(rowHash(COLUMNS))} as b from ${relation}`,
  );
  const hashes = (name: string) => rows.map(row => BigInt(String(row[name])));
  const sum = (numbers: bigint[]) => String(numbers.reduce((total, one) => total + one, 0n));
  assert.ok(hashes("a").some(one => one < 0n) && hashes("a").some(one => one > 2n ** 62n));
  assert.deepEqual(await takeFigures(session, COLUMNS, relation), {
    ...{ rows: "5000", sum: sum(hashes("a")), sum2: sum(hashes("b")) },
    xor: String(hashes("a").reduce((all, one) => all ^ one, 0n)),
  });
  assert.deepEqual(await takeFigures(session, COLUMNS, "(select '' as v where false)"), {
    ...{ rows: "0", sum: "0", sum2: "0", xor: "0" },
  });
});

test("a row's hash tells a null from every value, in which column it stands, and in which field or element of one", async t => {
  const session = await testSession(t);
  const INT = { kind: "integer" } as const;
  const field = (name: string) => ({ name, type: INT, nullable: true });
  const columns = [
    { name: "s", target: { kind: "struct" as const, fields: [field("x"), field("y")] } },
    { name: "a", target: { kind: "array" as const, element: INT } },
    { name: "m", target: { kind: "map" as const, key: INT, value: INT } },
    // More than the bits of one whole number.
    ...Array.from({ length: 40 }, (_, i) => ({ name: `c${i}`, target: INT })),
  ];
  const row = (changed: Record<string, string>) => {
    const values = { s: "named_struct('x', 1, 'y', 1)", a: "array(1, 1)", m: "map(1, 1, 2, 1)" };
    return columns.map(({ name }) => `${changed[name] ?? values[name as "s"] ?? "1"} as ${name}`).join(", ");
  };
  const rows = [
    ...[{}, { s: "cast(null as struct<x: int, y: int>)" }, { s: "named_struct('x', int(null), 'y', 1)" }],
    ...[{ s: "named_struct('x', 1, 'y', int(null))" }, { s: "named_struct('x', int(null), 'y', int(null))" }],
    ...[
      { a: "cast(null as array<int>)" },
      { a: "array(int(null), 1)" },
      { a: "array(1, int(null))" },
      { a: "array(1)" },
    ],
    ...[{ m: "cast(null as map<int, int>)" }, { m: "map(1, int(null), 2, 1)" }, { m: "map(1, 1, 2, int(null))" }],
    ...["c0", "c25", "c26", "c39"].map(name => ({ [name]: "int(null)" })),
    ...[{ c0: "0" }, { c0: "2" }, { c39: "int(null)", c38: "int(null)" }],
  ];
  const union = rows.map(changed => `select ${row(changed)}`).join(" union all ");
  const [found] = await session.query(
    `select count(*) as rows, count(distinct ${rowHash(columns)}) as hashes from (${union})`,
  );
  assert.deepEqual([Number(found?.rows), Number(found?.hashes)], [rows.length, rows.length]);
});
