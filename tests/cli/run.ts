import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { readAuditEvents } from "../../core/audit/audit-events.ts";
import { eventAnchors } from "../../core/audit/verify-events.ts";
import { PROJECT } from "../../core/settings.ts";
import type { Layout } from "../../core/store/layout.ts";

/** What a command said and how it ended. */
export interface Ran {
  code: number | null;
  out: string;
  err: string;
}

/** Runs `npm run job -- …` as a process of its own on a DATA_DIR; without Spark unless the environment names one. */
export function job(layout: Layout, words: string[], environment: NodeJS.ProcessEnv = {}): Promise<Ran> {
  return command("job.ts", layout, words, environment);
}

/** Runs a program of commands/ as a process of its own. */
export function command(
  program: string,
  layout: Layout,
  words: string[] = [],
  environment: NodeJS.ProcessEnv = {},
): Promise<Ran> {
  const { PATH, HOME } = process.env;
  const given = { PATH, HOME, DATA_DIR: layout.root, LAPTOP_DIR: join(layout.root, "laptop"), INIT_CWD: layout.root };
  const child = spawn(process.execPath, [join(PROJECT, "cli", program), ...words], {
    env: { ...given, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
    timeout: 120_000,
  });
  let [out, err] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", text => {
    out += text;
  });
  child.stderr.setEncoding("utf8").on("data", text => {
    err += text;
  });
  return new Promise(done => child.on("close", code => done({ code, out, err })));
}

/** Writes a file beside the queue, as somebody would who wants to submit it. */
export function write(layout: Layout, name: string, value: unknown): string {
  writeFileSync(join(layout.root, name), typeof value === "string" ? value : JSON.stringify(value));
  return name;
}

/** The audit events, the oldest first, without their times and places. Fails where their chain is broken. */
export function auditEvents(layout: Layout): object[] {
  assert.deepEqual(eventAnchors(layout).problems(), []);
  return readAuditEvents(layout)
    .toReversed()
    .map(({ at: _, place: __, ...event }) => event);
}

/** A good job file. */
export const INGEST = { type: "ingest-hive", parameters: { database: "sales", tables: ["orders", "customers"] } };
