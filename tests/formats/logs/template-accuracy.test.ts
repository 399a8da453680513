import assert from "node:assert/strict";
import { test } from "node:test";
import { accuracy, messagesOf, SAMPLES } from "./template-samples.ts";
import { logWorld } from "./world.ts";

test("messages are grouped as their programs made them: nine in ten exactly, hardly a kind twice", async t => {
  const world = await logWorld(t);
  const programs = Object.keys(SAMPLES);
  const files = programs.map(program => {
    const lines = messagesOf(program, 1000).map(({ text }) => `2024-05-01 10:00:00,123 INFO [main] a.B: ${text}\n`);
    return [`${program}.log`, { content: lines.join(""), asked: "hadoop" }] as const;
  });
  const read = await world.read(Object.fromEntries(files));
  const found = programs.map(program => {
    const lines = read[`${program}.log`] ?? [];
    const kinds = messagesOf(program, 1000).map(({ kind }) => kind);
    return [
      program,
      accuracy(lines.map((line, at) => ({ kind: kinds[at] ?? -1, template: String(line.template) }))),
    ] as const;
  });
  const bad = found.filter(([, { grouped, ratio }]) => grouped < 0.9 || ratio > 1.3);
  assert.deepEqual(bad, []);
});
