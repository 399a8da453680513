import assert from "node:assert/strict";
import { test } from "node:test";
import type { LogLine } from "../../core/log-reader/lines.ts";
import { html, textOf } from "../../views/html.ts";
import { logLines } from "../../views/pages/log/log-lines.ts";

const CASES: Readonly<Record<string, [line: Partial<LogLine>, classes: string | undefined]>> = {
  "a critical line is an error with a sign of its own": [{ level: "critical" }, "error critical"],
  "an error is marked as one": [{ level: "error" }, "error"],
  "a warning is marked as one": [{ level: "warn" }, "warn"],
  "a line of a stack trace has the colour of its record and no sign": [
    { level: "critical", continues: true },
    "error critical more",
  ],
  "a line of information is not marked": [{ level: "info" }, undefined],
  "a line of debugging is not marked": [{ level: "debug" }, undefined],
  "a line without a level is not marked": [{}, undefined],
};

for (const [name, [line, classes]] of Object.entries(CASES))
  test(name, () => {
    const shown = textOf(html`${logLines([{ offset: 0, number: 1, text: "no", ...line }], { href: "/log" })}`);
    assert.equal(/<li [^>]*class="([^"]*)"/.exec(shown)?.[1], classes);
  });
