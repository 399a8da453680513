import type { JobFile } from "../../jobs/envelope.ts";
import { Refusal } from "../page.ts";

/** The parameters of a job of what a form says, with the files that came with it. Throws a Refusal where there are none. */
export function parametersIn(form: URLSearchParams, came: readonly string[] = []): JobFile["parameters"] {
  const places = (form.get("places") ?? "").split(/[\r\n]+/).map(line => line.trim());
  const files = [...new Set([...came, ...form.getAll("uploaded"), ...places])].filter(Boolean);
  if (files.length === 0) throw new Refusal(422, "No log was chosen.", "Choose files, or name a folder.");
  const text = (name: string) => form.get(name)?.trim() || undefined;
  const number = (name: string) => (text(name) === undefined ? undefined : Number(text(name)));
  const thresholds = stated({
    errorRate: number("errorRate"),
    errors: number("errors"),
    critical: number("critical"),
  });
  return stated({
    files,
    format: text("format"),
    year: number("year"),
    timeZone: text("timeZone"),
    thresholds: Object.keys(thresholds).length > 0 ? thresholds : undefined,
    webhook: form.has("webhook") || undefined,
  });
}

function stated(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
