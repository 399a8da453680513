import type { IcebergTable } from "../../../connectors/iceberg/iceberg.ts";
import type { JobError } from "../../../core/jobs/outcome.ts";
import { EXPIRED, writtenBy } from "../../table-copy/target.ts";
import type { MigrateIceberg } from "../parameters.ts";
import { type Marker, nameOfFile } from "./marker.ts";

/** What stands at the target: the table, the metadata file it stands on, and what the portal kept beside it. */
export interface Standing {
  existing: IcebergTable;
  file: string;
  marker?: Marker;
}

type Decision = { history: "sync" | "replace"; why: string } | { error: JobError; outcome: "failed" | "skipped" };

/** Whether what stands at the target may be moved to the source's newest state, by whose it is. */
export function ownership(
  { table, target }: { table: string; target: string },
  ifExists: MigrateIceberg["ifExists"],
  { existing, file, marker }: Standing,
): Decision {
  if (ifExists === "skip" || ifExists === "fail") {
    const message = `${target} is there already, and ifExists is "${ifExists}".`;
    return { error: { message }, outcome: ifExists === "skip" ? "skipped" : "failed" };
  }
  if (isSame(marker?.source, table) && marker?.files.includes(nameOfFile(file)))
    return { history: "sync", why: "only what is new is copied" };
  if (ifExists === "replace") return { history: "replace", why: "what stands there is replaced in one step, as asked" };
  const isRowCopy = isSame(existing.properties["portal.source"], table) && existing.lastChange?.summary["portal.job"];
  if (ifExists === "replace-own" && !marker && isRowCopy)
    return {
      history: "replace",
      why: "the copy of its rows that stands there is replaced in one step; Snowflake registers the table anew",
    };
  return { error: refusal(table, target, { existing, file, ...(marker && { marker }) }), outcome: "failed" };
}

function refusal(table: string, target: string, { existing, file, marker }: Standing): JobError {
  const written = writtenBy(existing);
  const isUnknown = existing.current && !existing.lastChange && isSame(existing.properties["portal.source"], table);
  if (!marker && isUnknown)
    return {
      message: `${target} holds the rows of ${table}, and ${EXPIRED}.`,
      hint: 'To replace it all the same, set "ifExists": "replace"; to keep it, choose another namespace.',
    };
  if (!marker)
    return {
      message: `${target} is no copy of a history that this portal made${written}.`,
      hint: 'To replace it all the same, set "ifExists": "replace"; to keep it, choose another namespace.',
    };
  if (!isSame(marker.source, table))
    return {
      message: `${target} holds the history of ${marker.source}${written}.`,
      hint: 'Choose another namespace, or replace it with "ifExists": "replace".',
    };
  return {
    message: `Somebody else wrote to ${target}: it stands on ${nameOfFile(file)}, which no job of this portal copied${written}.`,
    hint: 'To go back to what the source has, set "ifExists": "replace"; what was written there is then lost.',
  };
}

// The Hive Metastore folds names.
function isSame(one: string | undefined, other: string): boolean {
  return one?.toLowerCase() === other.toLowerCase();
}
