import type { NewEvent } from "../../core/jobs/events.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import { group, size } from "../../views/format/figures.ts";

/** An event as a line of the log, or nothing where the log has no need of it. */
export function eventLine(event: NewEvent): string | undefined {
  switch (event.event) {
    case "planned":
      return `${event.of ? `plan of ${event.of}` : "planned"}: ${event.steps.map(step => `${step.table} (${step.action})`).join(", ") || "nothing to do"}`;
    case "table-started":
      return `${fromTo(event)}: ${event.action}`;
    case "progress":
      return event.done === undefined || !event.total
        ? undefined
        : `${event.table}: ${event.step} ${event.done} of ${event.total} ${event.unit ?? (event.lines === undefined ? "tasks" : "lines")}`;
    case "table-ended":
      return `${event.table}: ${outcomeLine(event.outcome)}`;
    case "note":
      return `${event.table ? `${event.table}: ` : ""}${event.message}`;
    case "left-behind":
      return `${event.table ? `${event.table}: ` : ""}left behind: ${event.what}; ${event.why}`;
    default:
      return undefined;
  }
}

/** `hive.sales.orders -> lake.sales_iceberg.orders`, or the table alone where nothing is written. */
export function fromTo({ table, target }: { table: string; target: string }): string {
  return target ? `${table} -> ${target}` : table;
}

/** An outcome in words: `succeeded, 1,000,000 rows, 8.2 MB in 2 files, 1.4 s, proof equal`. */
export function outcomeLine(outcome: Outcome): string {
  const { rows, bytes, files, proof, error, notes } = outcome;
  const facts = [
    outcome.outcome,
    rows !== undefined && `${group(rows)} rows`,
    bytes !== undefined &&
      `${size(bytes)}${files === undefined ? "" : ` in ${files} ${files === 1 ? "file" : "files"}`}`,
    outcome.seconds > 0 && `${outcome.seconds.toFixed(1)} s`,
    proof && `proof ${proof.verdict}`,
  ];
  const why = error ? `: ${error.message}${error.hint ? ` ${error.hint}` : ""}` : "";
  return `${facts.filter(Boolean).join(", ")}${why}${notes?.length ? ` (${notes.join("; ")})` : ""}`;
}

export { group, size };
