import type { JobFile } from "../../jobs/envelope.ts";
import { type Answer, Refusal, type Visit } from "../page.ts";

/** Starts a job with the scripts that are ticked in a form; the bytes that the form showed are the ones that run. */
export function start(visit: Visit): Answer {
  const { form, portal } = visit;
  const paths = [...new Set(form.getAll("script"))];
  if (paths.length === 0)
    throw new Refusal(422, "No script is chosen.", "Go back and tick the scripts that are meant.");
  const id = portal.submit(visit, jobOf(form, paths));
  const waits = portal.workerLives()
    ? "It is queued, and starts as soon as there is room."
    : "It is queued. No worker is running: start one with npm start or npm run worker.";
  return { kind: "redirect", to: `/jobs/${id}`, notice: waits };
}

function jobOf(form: URLSearchParams, paths: readonly string[]): JobFile {
  const retries = Math.trunc(Number(form.get("retries") || 0));
  const shown = new Map(form.getAll("shown").map(entry => [entry.slice(65), entry.slice(0, 64)]));
  const sha256 = Object.fromEntries(paths.flatMap(path => (shown.has(path) ? [[path, shown.get(path)]] : [])));
  const args = linesOf(form.get("arguments"));
  const conf = confOf(linesOf(form.get("conf")));
  return {
    type: "run-script",
    parameters: {
      paths,
      ...(args.length > 0 && { arguments: args }),
      ...(Object.keys(conf).length > 0 && { conf }),
      ...(Object.keys(sha256).length > 0 && { sha256 }),
    },
    ...(retries !== 0 && { maxAttempts: retries + 1 }),
  };
}

function confOf(lines: readonly string[]): Record<string, string> {
  const pairs = lines.filter(line => line.trim()).map(line => /^\s*([^=\s]+)\s*=\s*(.*?)\s*$/.exec(line) ?? line);
  const wrong = pairs.find(pair => typeof pair === "string");
  if (wrong) throw new Refusal(422, `"${wrong}" is no Spark setting.`, "Write one a line: spark.executor.memory=4g");
  return Object.fromEntries(pairs.map(pair => [pair[1] ?? "", pair[2] ?? ""]));
}

// One a line; an empty line between others is an empty argument, those at the end are none.
function linesOf(text: string | null): string[] {
  const lines = (text ?? "").split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  return lines;
}
