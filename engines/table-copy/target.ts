import type { IcebergTable } from "../../connectors/iceberg/iceberg.ts";
import type { JobError } from "../../core/jobs/outcome.ts";
import type { Step } from "../engine.ts";
import type { Move } from "./move.ts";

/** The property that names the snapshot that a job proved, where its commit could not carry the job's id. */
export const PROVEN = "portal.proven-snapshot";

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
  // Hive folds names, so one source may have been written in several ways.
  if (source?.toLowerCase() !== table.toLowerCase())
    return { message: `${target} ${source ? `holds ${source}` : "was not made by this portal"}${written}.`, hint };
  // A compaction changes no row.
  const { current, lastChange, properties } = existing;
  if (!current || lastChange?.summary["portal.job"]) return undefined;
  // Where expiry removed the last change nobody knows who made it: that is no proof of our own.
  if (!lastChange) return { message: `${target} was compacted, and ${EXPIRED}.`, hint };
  if (lastChange.id === properties[PROVEN]) return undefined;
  return { message: `${target} was changed by somebody else${written}.`, hint };
}

/** What is known of a table whose last change is a snapshot that is not there any more. */
export const EXPIRED =
  "the snapshot that last changed its rows has expired since, so that nothing shows whether a job of this portal wrote it";

/** Who wrote to a table last, and when; nothing where that is not known. Whoever compacts a table changes none of its rows. */
export function writtenBy({ lastChange: current }: IcebergTable): string {
  if (!current) return "";
  const writer = current.summary["app-name"] ?? current.summary["engine-name"] ?? "an unknown program";
  return `; last written ${current.at} by ${writer}${current.summary["app-id"] ? ` (${current.summary["app-id"]})` : ""}`;
}

/** What a job may say of a target that is there already. */
export const IF_EXISTS = ["replace-own", "replace", "skip", "fail"] as const;
export type IfExists = (typeof IF_EXISTS)[number];
