import assert from "node:assert/strict";
import { test } from "node:test";
import { copiedColumns } from "../../../connectors/iceberg/layout/columns.ts";
import { rowHash, saltedAnew } from "../../../engines/table-copy/hash.ts";
import { figuresQuery, takeFigures } from "../../../engines/table-copy/proof-figures.ts";
import { testSession } from "../../engines/lake.ts";

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

const nested = (levels: number, leaf: string, wrap = (inner: string) => `named_struct('a', ${inner}, 'b', 1)`) =>
  Array.from({ length: levels }).reduce<string>(wrap, leaf);

test("a null on any level of a deep struct has a hash of its own", async t => {
  const session = await testSession(t);
  const type = (levels: number) => nested(levels, "int", inner => `struct<a: ${inner}, b: int>`);
  const nullAt = (level: number) => nested(12 - level, `cast(null as ${level === 0 ? "int" : type(level)})`);
  const values = ["1", "2"].map(leaf => nested(12, `cast(${leaf} as int)`));
  const rows = [...values, ...Array.from({ length: 13 }, (_, level) => nullAt(level))];
  const relation = `(${rows.map(value => `select ${value} as deep`).join(" union all ")})`;
  const columns = copiedColumns(await session.schema(`select * from ${relation}`));
  const [found] = await session.query(`select count(distinct ${rowHash(columns)}) as hashes from ${relation}`);
  assert.equal(Number(found?.hashes), rows.length);
});

const shapes: Record<string, (inner: string, i: number) => string> = {
  "a struct in a struct": inner => `named_struct('a', ${inner})`,
  "two fields on each level": inner => `named_struct('a', ${inner}, 'b', id)`,
  "structs and arrays in turn": (inner, i) => (i % 2 ? `array(${inner})` : `named_struct('a', ${inner})`),
  "structs and maps in turn": (inner, i) => (i % 2 ? `map('k', ${inner})` : `named_struct('a', ${inner})`),
};
for (const [shape, wrap] of Object.entries(shapes))
  test(`the proof of 40 levels costs what as many columns cost: ${shape}`, { timeout: 120_000 }, async t => {
    const session = await testSession(t);
    const deep = Array.from({ length: 40 }).reduce<string>((inner, _, i) => wrap(inner, i), "id");
    const wide = Array.from({ length: 40 }, (_, i) => `named_struct('a', id) as c${i}`).join(", ");
    const seconds = async (relation: string) => {
      const columns = copiedColumns(await session.schema(`select * from ${relation}`));
      const began = performance.now();
      const [row] = await session.query(figuresQuery(columns, relation));
      assert.equal(row?.rows, "10");
      return (performance.now() - began) / 1000;
    };
    const flat = await seconds(`(select ${wide} from range(10))`);
    const whole = await seconds(`(select ${deep} as deep from range(10))`);
    assert.ok(whole < 10 * Math.max(flat, 1), `${whole} s for the deep one, ${flat} s for the flat one`);
  });
