import assert from "node:assert/strict";
import { test } from "node:test";
import { bind } from "../../../connectors/spark/protocol/bind.ts";

test("a name is replaced by its value as a literal", () => {
  const args = { a: "x", b: -3, c: null, d: true, e: 2n ** 62n, f: 0.5, g: 10n ** 30n };
  assert.equal(
    bind("select :a, :b,:c, (:d), :e, :f, :g", args),
    `select 'x', (-3),null, (true), (${2n ** 62n}L), (0.5D), (${10n ** 30n}BD)`,
  );
});

test("quotes and backslashes in a text do not end its literal", () => {
  assert.equal(bind("select :a", { a: "it's \\ over" }), "select 'it\\'s \\\\ over'");
});

test("a name in a string, a quoted name or a comment stays", () => {
  const sql = "select ':a', \":a\", `:a`, '\\':a' -- :a\n /* :a */";
  assert.equal(bind(sql, { a: 1 }), sql);
});

test("a cast, a path and an unknown name stay", () => {
  const sql = "select x::a, y:a, struct<b:a>, :other";
  assert.equal(bind(sql, { a: 1 }), sql);
});

test("a value is not searched for names", () => {
  assert.equal(bind("select :a", { a: ":b", b: 1 }), "select ':b'");
});
