import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { newId } from "../jobs/id.ts";
import { jobOf } from "../jobs/job.ts";
import type { Outcome } from "../jobs/outcome.ts";
import { parseJobFile } from "../jobs/parse.ts";
import { sessionIds } from "../jobs/session-id.ts";
import { EXIT } from "../jobs/states.ts";
import { counted, type Thing } from "../jobs/thing.ts";
import { readSettings, SettingsError } from "../settings.ts";
import { runAttempt } from "./attempt.ts";
import { awaitClaim } from "./await-claim.ts";
import { runClaim } from "./claim.ts";
import { group, outcomeLine } from "./lines.ts";
import { engines, jobTypes } from "./list.ts";
import { teller } from "./teller.ts";

/*
 * node engines/run.ts job.json               runs a job file by hand; the worker is not asked
 * node engines/run.ts --claim <claim file>   runs what the worker claimed
 * node engines/run.ts --await                loads what it will need, and runs what the worker claims later
 */
const USAGE = "usage: npm run engine -- job.json";

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    options: { claim: { type: "string" }, await: { type: "boolean" } },
    allowPositionals: true,
  });
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.on(signal, () => stop.abort());
  const claim = values.await ? await awaitClaim(process.stdin) : values.claim;
  if (claim) return await runClaim(claim, readSettings(), stop.signal);
  if (values.await) return EXIT.succeeded;
  const [file] = positionals;
  if (!file || positionals.length > 1) throw new SettingsError(USAGE);
  return await runByHand(file, stop.signal);
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
    ...(entry.type.thing && { thing: entry.type.thing }),
    settings: readSettings(),
    sessions: sessionIds(id, 1),
    succeeded: [],
    signal,
    emit: teller(() => undefined),
    proof: proof => console.log(JSON.stringify(proof)),
  });
  console.log(
    ending.error
      ? `${ending.error.message}${ending.error.hint ? ` ${ending.error.hint}` : ""}`
      : summary(ending.outcomes, entry.type.thing),
  );
  return ending.exitCode;
}

function summary(outcomes: readonly Outcome[], thing: Thing | undefined): string {
  if (outcomes.length === 1 && outcomes[0]) return outcomeLine(outcomes[0]);
  const rows = outcomes.reduce((sum, outcome) => sum + BigInt(outcome.rows ?? 0), 0n);
  return `${counted(outcomes.length, thing)}${thing ? "" : `, ${group(String(rows))} rows`}`;
}

main().then(
  code => process.exit(code),
  error => {
    console.error(error instanceof SettingsError || (error as NodeJS.ErrnoException).code ? error.message : error);
    process.exit(EXIT.failed);
  },
);
