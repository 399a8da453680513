import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import pino from "pino";
import { jobTypes, loadArrivals } from "../../../engines/list.ts";
import type { Following } from "../../../worker/engine/follow.ts";
import type { Claimed } from "../../../worker/queue/claim.ts";
import { makeWorld, until } from "../world.ts";

test("log files that arrive in a folder of analyses.json become one analysis, as its entry says", async t => {
  const world = makeWorld(t);
  const said: string[] = [];
  const log = pino({ base: null }, { write: line => void said.push(JSON.parse(line).msg) });
  const { root } = world.layout;
  const write = (name: string) => writeFileSync(join(root, "raw", name), "a line\n");
  writeFileSync(join(root, "analyses.json"), '{ "watch": [{ "folder": "raw", "fles": "*.log" }] }');
  const worker = world.start({ types: jobTypes, arrivals: await loadArrivals(), run: succeed, log });
  await until(() => said.some(line => /for analyze-logs is not taken: analyses\.json .*fles/s.test(line)));
  const entry = { folder: "raw", files: "*.log", format: "syslog" };
  writeFileSync(join(root, "analyses.json"), JSON.stringify({ watch: [entry] }));
  await until(() => said.some(line => /What arrives in .*raw is not taken/.test(line)));
  mkdirSync(join(root, "raw"));
  for (const name of ["a.log", "b.log", "c.csv"]) write(name);
  await until(() => world.records().length === 1);
  await worker.idle();
  const [record] = world.records();
  assert.equal(record?.type, "analyze-logs");
  const { files, format } = record.parameters;
  assert.deepEqual([files, format], [[join(root, "raw", "a.log"), join(root, "raw", "b.log")], "syslog"]);
  assert.equal(said.filter(line => line.includes("is not taken")).length, 2, "each is told once");
});

function succeed(_: unknown, { claim }: Claimed): Following {
  const result = { id: claim.id, attempt: 1, exitCode: 0, finishedAt: new Date().toISOString(), outcomes: [] };
  return { ended: Promise.resolve({ ran: true, exitCode: 0, result }), end: () => {}, leave: () => {} };
}
