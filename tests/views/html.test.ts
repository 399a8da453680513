import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../../core/settings.ts";
import { html, joinParts as joined, textOf } from "../../views/html.ts";

test("everything that is put into a view is escaped, in text and in quoted attributes", () => {
  const evil = `<img src=x onerror="alert('1')">&`;
  const view = html`<p title="${evil}">${evil}</p>`;
  const escaped = "&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt;&amp;";
  assert.equal(textOf(view), `<p title="${escaped}">${escaped}</p>`);
});

test("a mark before a value does not switch the escaping off", () => {
  assert.equal(textOf(html`Done!${"<b>"}`), "Done!&lt;b&gt;");
});

test("views nest, lists are joined, and what is not there prints nothing", () => {
  const items = ["a", "<b>"].map(item => html`<li>${item}</li>`);
  assert.equal(
    textOf(html`<ul>${items}</ul>${undefined}${null}${false}${0}${12n}`),
    "<ul><li>a</li><li>&lt;b&gt;</li></ul>012",
  );
  assert.equal(textOf(joined(["a", html`<i>b</i>`], ", ")), "a, <i>b</i>");
});

test("an object from a job file is not taken for a view", () => {
  const forged = JSON.parse('{"html":"<script>"}') as unknown as string;
  assert.throws(() => textOf(html`${forged}`));
});

test("objects, promises and true are refused when the types are checked", t => {
  const folder = mkdtempSync(join(tmpdir(), "portal-types-"));
  t.after(() => rmSync(folder, { recursive: true }));
  const dollar = "$";
  const put = (value: string) => `html\`${dollar}{${value}}\``;
  const wrong = ["{ a: 1 }", 'Promise.resolve("a")', "true"];
  const file = join(folder, "wrong.ts");
  const start = `import { html } from ${JSON.stringify(join(PROJECT, "views", "html.ts"))};\n`;
  writeFileSync(
    file,
    `${start}${wrong.map((value, i) => `export const wrong${i} = ${put(value)};\n`).join("")}export const right = ${put('"a"')};\n`,
  );
  const options = [
    "--noEmit",
    "--strict",
    "--target",
    "esnext",
    "--module",
    "nodenext",
    "--allowImportingTsExtensions",
  ];
  const { status, stdout } = spawnSync(join(PROJECT, "node_modules", ".bin", "tsc"), [...options, file], {
    encoding: "utf8",
    cwd: folder,
  });
  assert.notEqual(status, 0);
  assert.deepEqual(
    [...stdout.matchAll(/wrong\.ts\((\d+),/g)].map(match => match[1]),
    ["2", "3", "4"],
  );
});
