import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { PROJECT, readSettings, settingsShape } from "../../core/settings.ts";

const lines = readFileSync(join(PROJECT, ".env.example"), "utf8").split("\n");
const given = lines.flatMap((line, i) => {
  const found = /^#([A-Z0-9_]+)=(.*)$/.exec(line);
  return found ? [{ name: found[1], value: found[2], before: lines[i - 1] }] : [];
});

test("every setting is in .env.example, and nothing else", () => {
  assert.deepEqual(given.map(({ name }) => name).sort(), Object.keys(settingsShape.shape).sort());
});

test("every setting in .env.example has its meaning above it", () => {
  for (const { name, before } of given) assert.match(before ?? "", /^# \S.*\.$/, `the line above ${name}`);
});

test("the defaults in .env.example are the real ones", () => {
  const defaults = readSettings({}, join(PROJECT, "no such file")) as Record<string, unknown>;
  const byName = Object.fromEntries(given.map(({ name, value }) => [name, value]));
  for (const [name, value] of Object.entries(defaults)) {
    if (name.endsWith("_DIR")) continue;
    assert.equal(byName[name], String(value), name);
  }
  for (const { name, value } of given) if (!(name! in defaults)) assert.equal(value, "", name);
});
