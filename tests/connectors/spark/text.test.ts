import assert from "node:assert/strict";
import { test } from "node:test";
import { literalText } from "../../../connectors/spark/protocol/literal.ts";
import { dateText, decimalText, timestampText } from "../../../connectors/spark/protocol/text.ts";

const words = (value: bigint) => [0n, 32n, 64n, 96n].map(by => Number(BigInt.asIntN(32, value >> by)));

test("a decimal has its scale, its sign and its zeros", () => {
  assert.equal(decimalText(words(0n), 0), "0");
  assert.equal(decimalText(words(-5n), 3), "-0.005");
  assert.equal(decimalText(words(1200n), 2), "12.00");
  assert.equal(decimalText(words(10n ** 38n - 1n), 0), "9".repeat(38));
  assert.equal(decimalText(words(1n - 10n ** 38n), 38), `-0.${"9".repeat(38)}`);
});

test("a date and a timestamp before 1970 are right", () => {
  assert.equal(dateText(-1), "1969-12-31");
  assert.equal(timestampText(-1n, true), "1969-12-31T23:59:59.999999Z");
  assert.equal(timestampText(-62_135_596_800_000_000n, false), "0001-01-01T00:00:00");
});

test("an observed decimal with an exponent is written in plain digits", () => {
  const plain = (value: string) => literalText({ literal_type: "decimal", decimal: { value } });
  assert.equal(plain("0E-7"), "0.0000000");
  assert.equal(plain("1.25E-8"), "0.0000000125");
  assert.equal(plain("-1.25E+3"), "-1250");
  assert.equal(plain("1.25E1"), "12.5");
  assert.equal(plain("3850202902599285419390"), "3850202902599285419390");
});
