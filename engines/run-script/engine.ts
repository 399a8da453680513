import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { HdfsUnavailable } from "../../connectors/hdfs/errors.ts";
import type { JobError } from "../../core/jobs/outcome.ts";
import { layoutOf } from "../../core/store/layout.ts";
import { size } from "../../views/format/figures.ts";
import { type Engine, type PlanContext, type Step, type StepContext, sideBySide } from "../engine.ts";
import { jobErrorOf } from "../runner/job-error.ts";
import { applicationOf, killApplication } from "./application.ts";
import { runDriver } from "./driver.ts";
import { readScript, type ScriptBytes } from "./folder.ts";
import { keepScript, keptFileName } from "./kept.ts";
import { type RunScript, scriptName } from "./parameters.ts";
import { submitCommand } from "./submit.ts";

/** Runs scripts one after the other, so that their output does not mix. A step is a script, its detail the path. */
const engine: Engine<RunScript, string> = { plan: planScripts, run: runScript };

export default engine;

async function planScripts(context: PlanContext<RunScript>) {
  const paths = [...new Set(context.job.parameters.paths)];
  return { steps: await sideBySide(paths, path => planScript(path, context)), parallel: 1 };
}

async function planScript(path: string, { job, settings }: PlanContext<RunScript>): Promise<Step<string>> {
  const step = { table: path, target: "", action: "run", detail: path };
  try {
    const { bytes, sha256 } = await readScript(settings, path);
    const changed = changedSince(job.parameters, path, sha256);
    if (changed)
      return { ...step, action: "refuse", why: changed.message, ended: { outcome: "failed", error: changed } };
    return { ...step, why: `${size(bytes.length)}, SHA-256 ${sha256.slice(0, 12)}…`, bytes: String(bytes.length) };
  } catch (error) {
    if (error instanceof HdfsUnavailable) throw error;
    const jobError = jobErrorOf(error);
    return { ...step, action: "refuse", why: jobError.message, ended: { outcome: "failed", error: jobError } };
  }
}

function changedSince({ sha256 }: RunScript, path: string, now: string): JobError | undefined {
  const meant = sha256[path];
  if (!meant || meant === now) return undefined;
  return {
    message: `${scriptName(path)} has changed since it was looked at: its SHA-256 was ${meant.slice(0, 12)}…, now it is ${now.slice(0, 12)}….`,
    hint: "Nothing was run. Read it again on the page of scripts, then run it.",
  };
}

// The same bytes that are compared are kept and run: nobody can change them in between.
async function runScript({ detail: path }: Step<string>, context: StepContext<RunScript>) {
  const { job, settings } = context;
  const script = await readScript(settings, path);
  const changed = changedSince(job.parameters, path, script.sha256);
  if (changed) return { outcome: "failed" as const, error: changed };
  const kept = keepScript(layoutOf(settings.DATA_DIR), job.id, path, script);
  const cwd = mkdtempSync(join(tmpdir(), "run-script-"));
  try {
    return await submit(path, { script, kept, cwd }, context);
  } finally {
    rmSync(cwd, { recursive: true, force: true });
  }
}

async function submit(
  path: string,
  { script, kept, cwd }: { script: ScriptBytes; kept: string; cwd: string },
  { job, attempt, settings, signal, emit }: StepContext<RunScript>,
) {
  const file = join(cwd, keptFileName(path));
  writeFileSync(file, script.bytes, { mode: 0o600 });
  const { conf, arguments: args } = job.parameters;
  const command = await submitCommand(settings, { file, name: scriptName(path), args, conf, cwd });
  let application: string | undefined;
  const code = await runDriver(command, signal, line => {
    application ??= applicationOf(line, command);
  });
  if (signal.aborted && application) {
    const left = await killApplication(application, settings);
    if (left) emit({ event: "left-behind", table: path, what: `application ${application}`, why: left });
  }
  const notes = [
    `exit code ${code}`,
    application && `application ${application}`,
    `attempt ${attempt}`,
    `ran logs/${kept}`,
  ];
  const ran = {
    sourceSnapshot: script.sha256,
    bytes: String(script.bytes.length),
    notes: notes.filter(note => note !== undefined),
  };
  if (signal.aborted) return { outcome: "cancelled" as const, ...ran };
  if (code === 0) return { outcome: "succeeded" as const, ...ran };
  const error = { message: `${scriptName(path)} ended with exit code ${code}.`, hint: "Its log tells why." };
  return { outcome: "failed" as const, ...ran, error };
}
