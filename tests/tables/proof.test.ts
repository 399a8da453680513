import assert from "node:assert/strict";
import { test } from "node:test";
import { rowHash } from "../../tables/hash.ts";
import { takeFigures } from "../../tables/proof.ts";
import { testSession } from "../engines/lake.ts";

const COLUMNS = [{ name: "v", target: { kind: "string" as const } }];

test("the figures of a proof are the exact sums and the xor of all hashes, and there where there are no rows", async t => {
  const session = await testSession(t);
  const relation = "(select if(id % 7 = 0, null, concat('v', id)) as v from range(5000))";
  const rows = await session.query(
    `select ${rowHash(COLUMNS, "portal-1")} as a, ${rowHash(COLUMNS, "portal-2")} as b from ${relation}`,
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
