import type { JobError } from "../jobs/outcome.ts";
import type { IcebergTable } from "../tables/iceberg.ts";
import type { Step } from "./engine.ts";
import type { IfExists } from "./if-exists.ts";
import type { Move } from "./move.ts";

/** Makes the step of a table that is not to be touched. */
export type Refuse = (error: JobError, outcome: "failed" | "skipped") => Step<Move>;

/** Create, replace, or leave: what a step will do, by what stands at its target. `found` tells of the source. */
export function decideTarget(
  step: Omit<Step<Move>, "action" | "why">,
  ifExists: IfExists,
  found: string,
  refuse: Refuse,
): Step<Move> {
  const { existing, sameLayout } = step.detail;
  const there = (word: string) => ({ message: `${step.target} is there already, and ifExists is "${word}".` });
  if (existing?.view)
    return refuse(
      { message: `${step.target} is a view.`, hint: "Choose another namespace, or drop the view first." },
      "failed",
    );
  if (!existing) return { ...step, action: "create", why: `${found}; the target is not there yet` };
  if (ifExists === "skip") return refuse(there("skip"), "skipped");
  if (ifExists === "fail") return refuse(there("fail"), "failed");
  const foreign = ifExists === "replace-own" ? notOwn(existing, step) : undefined;
  if (foreign) return refuse(foreign, "failed");
  const how = sameLayout
    ? "its rows are replaced in one step"
    : "columns or partitioning changed: the table is replaced";
  return { ...step, action: "replace", why: `${found}; ${how}` };
}

function notOwn(existing: IcebergTable, { table, target }: { table: string; target: string }): JobError | undefined {
  const source = existing.properties["portal.source"];
  const hint = 'To replace it all the same, set "ifExists": "replace"; to keep it, choose another namespace.';
  const written = writtenBy(existing);
  if (source !== table)
    return { message: `${target} ${source ? `holds ${source}` : "was not made by this portal"}${written}.`, hint };
  if (!existing.current || existing.current.summary["portal.job"]) return undefined;
  return { message: `${target} was changed by somebody else${written}.`, hint };
}

function writtenBy({ current }: IcebergTable): string {
  if (!current) return "";
  const writer = current.summary["app-name"] ?? current.summary["engine-name"] ?? "an unknown program";
  return `; last written ${current.at} by ${writer}${current.summary["app-id"] ? ` (${current.summary["app-id"]})` : ""}`;
}
