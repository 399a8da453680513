import assert from "node:assert/strict";
import { test } from "node:test";
import { pythonLines } from "../../views/format/code.ts";
import { textOf } from "../../views/html.ts";

const lines = (text: string) => pythonLines(text).map(textOf);
const plain = (text: string) =>
  text
    .replace(/<[^>]+>/g, "")
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, "&");

test("every line stands for itself, also inside a text of several lines", () => {
  const shown = lines('x = """one\ntwo"""\nreturn x');
  assert.equal(shown.length, 3);
  assert.match(shown[0] ?? "", /^x = <span class="hljs-string">&quot;&quot;&quot;one<\/span>$/);
  assert.equal(shown[1], '<span class="hljs-string">two&quot;&quot;&quot;</span>');
  assert.match(shown[2] ?? "", /<span class="hljs-keyword">return<\/span> x/);
});

test("what is shown is what is written, whatever stands in it", () => {
  const texts = [
    `print("<b>&amp;</b>", '&#x27;', a < b > c & d)`,
    '<span class="x">no tag of ours</span>',
    "f'{a!r:>{width}} {{}}'  # größe 日本 🙂",
    "</code></li><script>alert(1)</script>",
    "@decorator(a=1)\nclass A(B):\n\tdef __init__(self): pass",
  ];
  for (const text of texts) assert.equal(lines(text).map(plain).join("\n"), text);
});

test("only spans and marks of our own are in it", () => {
  const [shown = ""] = lines('x = "<img src=x onerror=alert(1)>" # <script>');
  assert.deepEqual(shown.replace(/<span class="[\w -]+">|<\/span>/g, "").match(/<[^>]*>/g), null);
});

test("characters that nobody sees are shown by their numbers", () => {
  const [shown = ""] = lines('access = "user\u202E \u2066# check\u2069" \u200B');
  for (const number of ["202E", "2066", "2069", "200B"])
    assert.match(shown, new RegExp(`<mark title="[^"]+">U\\+${number}</mark>`));
});

test("a text that is too long to colour is shown without colours", () => {
  const shown = lines("import os\n".repeat(40_000));
  assert.equal(shown.length, 40_001);
  assert.equal(shown[0], "import os");
});
