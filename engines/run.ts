import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { parseArgs } from "node:util";
import { newId } from "../core/jobs/id.ts";
import { jobOf } from "../core/jobs/job.ts";
import type { Outcome } from "../core/jobs/outcome.ts";
import { parseJobFile } from "../core/jobs/parse/parse.ts";
import { sessionIds } from "../core/jobs/session-id.ts";
import { countItems, EXIT, type ItemNoun } from "../core/jobs/states.ts";
import { readSettings, type Settings, SettingsError } from "../core/settings.ts";
import { makeFilesPrivate } from "../core/system/private.ts";
import { trustAuthorities } from "../core/tls/authorities.ts";
import { engines, jobTypes } from "./list.ts";
import { runAttempt } from "./runner/attempt.ts";
import { eventWriter } from "./runner/event-writer.ts";
import { group, outcomeLine } from "./runner/lines.ts";
import { runClaim } from "./runner/run-claim.ts";

/*
 * node engines/run.ts job.json               runs a job file by hand; the worker is not asked
 * node engines/run.ts --claim <claim file>   runs what the worker claimed
 * node engines/run.ts --await                loads what it will need, and runs what the worker claims later
 */
const USAGE = "usage: npm run engine -- job.json";

async function main(): Promise<number> {
  makeFilesPrivate();
  const { values, positionals } = parseArgs({
    options: { claim: { type: "string" }, await: { type: "boolean" } },
    allowPositionals: true,
  });
  const stop = stopOnSignal();
  const claim = values.await ? await awaitClaim(process.stdin, stop.signal) : values.claim;
  if (claim) return await runClaim(claim, trustedSettings(), stop.signal);
  if (values.await) return EXIT.succeeded;
  const [file] = positionals;
  if (!file || positionals.length > 1) throw new SettingsError(USAGE);
  return await runByHand(file, stop.signal);
}

function trustedSettings(): Settings {
  const settings = readSettings();
  trustAuthorities(settings);
  return settings;
}

// The first signal asks for an end in order, a second one ends now. npm passes on what the terminal has sent already: two so
// near to each other are one.
function stopOnSignal(): AbortController {
  const stop = new AbortController();
  let first: number | undefined;
  for (const signal of ["SIGTERM", "SIGINT"] as const)
    process.on(signal, () => {
      first ??= performance.now();
      if (performance.now() - first > 1_000) process.exit(EXIT.cancelled);
      stop.abort();
    });
  return stop;
}

// What a warm engine does: loads what most engines need and waits for lines on its input. `prepare <type>` loads what that type
// needs; `claim <claim file>` ends the wait. Returns the file, or undefined if the input ends (as it does when the worker ends)
// or the signal aborts.
async function awaitClaim(input: Readable, signal: AbortSignal): Promise<string | undefined> {
  load(() => import("../connectors/iceberg/session.ts"));
  for await (const line of createInterface({ input, signal })) {
    const [word, rest = ""] = line.split(/ (.*)/s);
    if (word === "claim") return rest;
    if (word === "prepare") load(async () => await (await engines[rest]?.load())?.ready?.());
  }
  return undefined;
}

// An error is ignored here: the same import is repeated, and reported, when the engine needs it.
function load(what: () => Promise<unknown>): void {
  what().catch(() => {});
}

async function runByHand(path: string, signal: AbortSignal): Promise<number> {
  const parsed = parseJobFile(readFileSync(path), jobTypes);
  if (!parsed.ok) {
    console.error(parsed.problems.join("\n"));
    return EXIT.badJob;
  }
  const { file } = parsed;
  const entry = engines[file.type];
  if (!entry) return EXIT.badJob;
  const id = newId(file.type);
  const origin = {
    via: "command",
    submittedBy: process.env.USER ?? "",
    submittedAt: new Date().toISOString(),
  } as const;
  const ending = await runAttempt(await entry.load(), {
    job: jobOf(id, file, entry.type.shape.parse(file.parameters), origin),
    attempt: 1,
    ...(entry.type.itemNoun && { itemNoun: entry.type.itemNoun }),
    settings: trustedSettings(),
    sessions: sessionIds(id, 1),
    ...(file.timeoutMinutes !== undefined && { timeout: file.timeoutMinutes * 60_000 }),
    succeeded: [],
    signal,
    emit: eventWriter(() => undefined),
    proof: proof => console.log(JSON.stringify(proof)),
  });
  console.log(
    ending.error
      ? `${ending.error.message}${ending.error.hint ? ` ${ending.error.hint}` : ""}`
      : summary(ending.outcomes, entry.type.itemNoun),
  );
  return ending.exitCode;
}

function summary(outcomes: readonly Outcome[], itemNoun: ItemNoun | undefined): string {
  if (outcomes.length === 1 && outcomes[0]) return outcomeLine(outcomes[0]);
  const rows = outcomes.reduce((sum, outcome) => sum + BigInt(outcome.rows ?? 0), 0n);
  return `${countItems(outcomes.length, itemNoun)}${itemNoun ? "" : `, ${group(String(rows))} rows`}`;
}

main().then(
  code => process.exit(code),
  error => {
    console.error(error instanceof SettingsError || (error as NodeJS.ErrnoException).code ? error.message : error);
    process.exit(EXIT.failed);
  },
);
