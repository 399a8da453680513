import assert from "node:assert/strict";
import { test } from "node:test";
import { namesIn, tokensOf } from "../../laptop/snowflake-stand-in/lexer.ts";

const values = (sql: string, hasBinds = false) => tokensOf(sql, hasBinds).map(({ kind, value }) => `${kind} ${value}`);

test("words become capitals, quoted names and texts stay what they are", () => {
  assert.deepEqual(values(`select "a""B", 'it''s \\'n\\'', $$raw 'text'$$`), [
    ...["word SELECT", 'quoted a"B', "symbol ,", "string it's 'n'", "symbol ,", "string raw 'text'"],
  ]);
});

test("comments and last semicolons are nothing", () => {
  assert.deepEqual(values("a -- b\n/* c ; */ d // e\n;;"), ["word A", "word D"]);
});

test("a colon and a number are a bind only where values are bound", () => {
  assert.deepEqual(values("{'x':1}").at(-2), "number 1");
  assert.deepEqual(values("a = :1", true).at(-1), "bind :1");
  assert.deepEqual(values("1::varchar", true), ["number 1", "symbol ::", "word VARCHAR"]);
});

test("what stands in a text or a quoted name is no bind", () => {
  assert.deepEqual(values(`'?' "?" ?`, true), ["string ?", "quoted ?", "bind ?"]);
});

test("a text that is never closed is refused", () => {
  for (const sql of ["select 'a", 'select "a', "select 'it''s"])
    assert.throws(() => tokensOf(sql), { code: "001003" }, sql);
});

test("a name's parts are read as Snowflake keeps them", () => {
  assert.deepEqual(namesIn('portal.public."Order.Lines"'), ["PORTAL", "PUBLIC", "Order.Lines"]);
});
