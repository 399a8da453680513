import assert from "node:assert/strict";
import { test } from "node:test";
import { problemWith } from "../../../connectors/iceberg/cell-text.ts";
import type { DataType } from "../../../connectors/spark/protocol/types.ts";
import { changesIn, fieldsOf, withLineEnds } from "../../../engines/edit-rows/portal/form.ts";

const STRING: DataType = { kind: "string" };
const column = (name: string, dataType: DataType, required = false) => ({
  name,
  type: dataType.kind,
  dataType,
  required,
});
const table = {
  key: "k",
  columns: [
    column("k", STRING, true),
    column("text", STRING),
    column("n", { kind: "integer" }),
    column("flag", { kind: "boolean" }),
    column("bytes", { kind: "binary" }),
    column("parts", { kind: "array", element: STRING }),
  ],
};

/** What a browser sends of a form that shows a row: every line end is CR LF, and an empty box is not sent. */
function sentOf(row: Record<string, string | null>, typed: Record<string, string> = {}): URLSearchParams {
  const form = new URLSearchParams();
  for (const { name, value, isNull, readOnly, input } of fieldsOf(table, row)) {
    if (readOnly !== undefined) continue;
    // A text field has no line ends, and what comes into a text area has LF alone.
    const shown = typed[name] ?? (input === "line" ? value.replace(/[\r\n]/g, "") : value);
    form.append(`set.${name}`, shown.replace(/\r\n|\r|\n/g, "\r\n"));
    if (isNull && input === "text") form.append(`set-null.${name}`, "on");
  }
  return form;
}

test("a row that is sent back as it was shown changes nothing, whatever is in it", () => {
  for (const text of TEXTS) {
    const row = { k: "a\nb", text, n: "5", flag: "true", bytes: "00ff", parts: '["x"]' };
    const { set, isWrong } = changesIn(sentOf(row), table, row);
    assert.deepEqual([set, isWrong], [{}, false], JSON.stringify(text));
  }
});

test("only what was changed is written, and a changed text keeps the line ends that it had", () => {
  const row = { k: "1", text: "one\r\ntwo\nthree\r\n", n: null, flag: null, bytes: null, parts: null };
  const { set, was } = changesIn(sentOf(row, { text: "one\ntwo and more\nthree\n", n: " 7 " }), table, row);
  assert.deepEqual(set, { text: "one\r\ntwo and more\nthree\r\n", n: "7" });
  assert.deepEqual(was, { text: row.text, n: null });
});

test("line ends of a text that is changed at any place stay what they were", () => {
  const cases: [before: string, sent: string, after: string][] = [
    ["a\nb\nc", "a\r\nX\r\nc", "a\nX\nc"],
    ["a\r\nb\r\nc", "a\r\nb\r\nnew\r\nc", "a\r\nb\r\nnew\r\nc"],
    ["a\rb\rc", "b\r\nc", "b\rc"],
    ["a\rb\r\nc\nd", "a\r\nb\r\nc\r\nd!", "a\rb\r\nc\nd!"],
    ["one line", "one line\r\nand more", "one line\nand more"],
    ["a\n\n\nb", "a\r\n\r\nb", "a\n\nb"],
    ["\r\n", "", ""],
    ["", "x\r\n", "x\n"],
    ["x\n", "x", "x"],
    ["a\n", "a\r\n\r\n", "a\n\n"],
  ];
  for (const [before, sent, after] of cases)
    assert.equal(withLineEnds(before, sent), after, JSON.stringify([before, sent]));
});

test("null is not the empty text, and nobody has to take a tick away to type", () => {
  const base = { k: "1", n: "5", flag: "false", bytes: null, parts: null };
  const answered = (text: string | null, sent: string, ticked: boolean) => {
    const form = new URLSearchParams({ "set.text": sent, ...(ticked && { "set-null.text": "on" }) });
    return changesIn(form, table, { ...base, text }).set;
  };
  assert.deepEqual(answered(null, "", true), {});
  assert.deepEqual(answered(null, "", false), { text: "" });
  assert.deepEqual(answered(null, "typed", true), { text: "typed" });
  assert.deepEqual(answered("", "", false), {});
  assert.deepEqual(answered("", "", true), { text: null });
  assert.deepEqual(answered("old", "old", true), { text: null });
  assert.deepEqual(
    changesIn(new URLSearchParams({ "set.n": "", "set.flag": "" }), table, { ...base, text: null }).set,
    { n: null, flag: null },
  );
});

test("what is wrong is said at its field, and everything that was typed is still there", () => {
  const row = { k: "1", text: "a", n: "5", flag: "true", bytes: "00", parts: null };
  const { fields, isWrong } = changesIn(sentOf(row, { n: "abc", text: "kept\ntoo", bytes: "0g" }), table, row);
  assert.equal(isWrong, true);
  const byName = Object.fromEntries(fields.map(field => [field.name, field]));
  assert.match(byName.n?.error ?? "", /"abc" is no int: expected a whole number/);
  assert.match(byName.bytes?.error ?? "", /hexadecimal/);
  assert.deepEqual([byName.n?.value, byName.text?.value], ["abc", "kept\r\ntoo"]);
  assert.equal(byName.text?.error, undefined);
  const unnamed = changesIn(new URLSearchParams({ "set.k": "", "set.text": "x", "set.n": "" }), table, undefined);
  assert.deepEqual(unnamed.set, { k: "", text: "x" }, "an empty text may be a key; the rest of a new row is null");
});

test("what a form can't bring back unchanged can't be edited, and says why", () => {
  const why = (name: string, value: string) =>
    fieldsOf(table, { k: "1", [name]: value }).find(field => field.name === name)?.readOnly ?? "";
  assert.match(why("parts", '["a"]'), /array is shown as JSON/);
  assert.match(why("text", "a\0b"), /can't send back unchanged/);
  assert.match(why("text", "x".repeat(300_000)), /too long to be edited here/);
  assert.equal(why("text", "😀".repeat(20_000)), "", "80 KB of emoji can be");
});

test("a text that is no value of its type is refused, and one that is, is not", () => {
  const refused: [DataType, string[]][] = [
    [{ kind: "integer" }, ["abc", "", "1.5", "2147483648", "1e3", "0x10"]],
    [{ kind: "long" }, ["9223372036854775808", "--1", "1_000"]],
    [{ kind: "decimal", precision: 5, scale: 2 }, ["1.239", "1234", "1e2", ".", "NaN"]],
    [{ kind: "float" }, ["1e39", "one", "1,5"]],
    [{ kind: "double" }, ["1e400", "", "inf inity"]],
    [{ kind: "boolean" }, ["yes", "1", ""]],
    [{ kind: "date" }, ["2026-02-30", "2026-13-01", "29.11.2026", "2026"]],
    [{ kind: "timestamp" }, ["2026-01-01 25:00", "2026-01-01 10:00:00.1234567", "soon", "2026-01-01 10:00 Mars"]],
    [{ kind: "timestamp_ntz" }, ["2026-01-01 10:00:00Z", "2026-02-29 10:00"]],
    [{ kind: "binary" }, ["f", "zz"]],
  ];
  const taken: [DataType, string[]][] = [
    [{ kind: "integer" }, ["0", " 7 ", "-2147483648", "+5"]],
    [{ kind: "long" }, ["9223372036854775807"]],
    [{ kind: "decimal", precision: 5, scale: 2 }, ["1.20", "-123.45", ".5", "007.5", "1.500"]],
    [{ kind: "double" }, ["NaN", "-Infinity", "1e308", "5e-324", ".5"]],
    [{ kind: "boolean" }, ["true", "FALSE"]],
    [{ kind: "date" }, ["2024-02-29", "0001-01-01", "+12345-01-01"]],
    [{ kind: "timestamp" }, ["2026-01-01", "2026-01-01T10:00:00.123456Z", "2026-01-01 10:00:00+02:00"]],
    [{ kind: "timestamp_ntz" }, ["2026-01-01 10:00:00.5"]],
    [{ kind: "binary" }, ["", "00FF", "0x00ff"]],
    [STRING, ["", "anything\0"]],
  ];
  for (const [type, texts] of refused)
    for (const text of texts) assert.ok(problemWith(type, text), `${text} as ${type.kind}`);
  for (const [type, texts] of taken) for (const text of texts) assert.equal(problemWith(type, text), undefined, text);
});

const TEXTS = [
  ...["", " ", "\n", "\r", "\r\n", "\n\n", "\nfirst", "last\n", "a\rb\nc\r\nd", "\t\ttabs\t", 'it\'s "quoted" `so`'],
  ...[
    "\\n \\t \\ \\\\",
    "${env:HOME} ${spark.app.name}",
    "-- comment /* */ ; drop",
    "😀👩‍👩‍👧‍👦 é e\u0301",
    "\u{FEFF}bom",
    "\u2028\u2029\u0085",
    "<b>&amp;</b>",
  ],
  ...["x".repeat(100_000), "line\r\n".repeat(5_000), "null", "\u00a0", "\u0007\u001b[31m", "a\fb\vc"],
];
