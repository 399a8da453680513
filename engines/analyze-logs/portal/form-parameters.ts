import type { JobFile } from "../../../core/jobs/envelope.ts";
import { HttpError } from "../../portal/page.ts";

/** The parameters of a job of what a form says, with the files that came with it. Throws an HttpError where there are none. */
export function parametersIn(form: URLSearchParams, came: readonly string[] = []): JobFile["parameters"] {
  const places = (form.get("places") ?? "").split(/[\r\n]+/).map(line => line.trim());
  const files = [...new Set([...came, ...form.getAll("uploaded"), ...places])].filter(Boolean);
  if (files.length === 0)
    throw new HttpError(422, "No log was chosen.", "Choose files, or name a folder.", [], "places");
  const text = (name: string) => form.get(name)?.trim() || undefined;
  const number = (name: string) => {
    const typed = text(name);
    // What is no number is refused as it was typed.
    return typed === undefined || Number.isNaN(Number(typed)) ? typed : Number(typed);
  };
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
    dayFirst: ORDERS[text("dayFirst") ?? ""] ?? text("dayFirst"),
    durations: text("durations"),
    thresholds: Object.keys(thresholds).length > 0 ? thresholds : undefined,
    webhook: form.has("webhook") || undefined,
  });
}

// What is neither is refused as it was typed.
const ORDERS: Readonly<Record<string, boolean>> = { true: true, false: false };

function stated(values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
