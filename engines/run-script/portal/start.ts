import type { JobFile } from "../../../core/jobs/envelope.ts";
import { HttpError, type RequestContext, type RouteResult } from "../../portal/page.ts";
import { refusedForm } from "../../refused-form.ts";
import { scriptsPageRoute } from "./list-page.ts";

/** Starts a job with the scripts that are ticked in a form; the bytes that the form showed are the ones that run. */
export async function startScript(request: RequestContext): Promise<RouteResult> {
  const { form, portal } = request;
  const paths = [...new Set(form.getAll("script"))];
  let id: string;
  try {
    if (paths.length === 0) throw new HttpError(422, "No script is chosen.", "Select the scripts that are meant.");
    id = portal.submit(request, jobOf(form, paths));
  } catch (error) {
    const { state, status } = refusedForm(error, form, FIELDS);
    return await scriptsPageRoute(request, { refused: { state, selected: paths } }, status);
  }
  const waits = portal.workerLives()
    ? "Submitted."
    : "Submitted. No worker is running: start one with npm start or npm run worker.";
  return { kind: "redirect", to: `/jobs/${id}`, notice: waits };
}

const FIELDS = { maxAttempts: "retries", arguments: "arguments", conf: "conf" };

function jobOf(form: URLSearchParams, paths: readonly string[]): JobFile {
  const retries = Number(form.get("retries") || 0);
  if (!Number.isInteger(retries) || retries < 0 || retries > 19)
    throw new HttpError(422, "Expected a whole number from 0 to 19.", undefined, [], "retries");
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
  if (wrong)
    throw new HttpError(
      422,
      `"${wrong}" is no Spark setting.`,
      "Write one a line: spark.executor.memory=4g",
      [],
      "conf",
    );
  return Object.fromEntries(pairs.map(pair => [pair[1] ?? "", pair[2] ?? ""]));
}

// One a line; an empty line between others is an empty argument, those at the end are none.
function linesOf(text: string | null): string[] {
  const lines = (text ?? "").split(/\r?\n/);
  while (lines.at(-1) === "") lines.pop();
  return lines;
}
