import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { isId } from "../../core/jobs/id.ts";
import type { Settings } from "../../core/settings.ts";
import { archivedRecord, layoutOf } from "../../core/store/layout.ts";

/** An attempt of a job. What it makes where no reader looks bears its name. */
export interface AttemptName {
  job: string;
  attempt: number;
}

const NAME = /^portal_(\d{8}t\d{9}z)_([a-z0-9_]+)__(\d+)_[0-9a-f]{6}$/;

/**
 * A new name for what an attempt makes where no reader looks: a folder, or the end of a hidden table's name. It names the
 * job and the attempt, so that others can tell whose it is. Small letters only, since the Hive Metastore keeps no others.
 */
export function attemptName({ job, attempt }: AttemptName): string {
  return `portal_${job.replaceAll("-", "_").toLowerCase()}__${attempt}_${randomBytes(3).toString("hex")}`;
}

/** The attempt that made a name; undefined where no attempt did. */
export function makerOf(name: string): AttemptName | undefined {
  const [, time = "", rest = "", attempt = ""] = NAME.exec(name) ?? [];
  const job = `${time.toUpperCase()}-${rest.replaceAll("_", "-")}`;
  return isId(job) ? { job, attempt: Number(attempt) } : undefined;
}

/** A hidden name of a table, for the time until it is published. */
export function hiddenTableName(table: string, own: string): string {
  return `${table}__${own}`;
}

/** The attempt that made a hidden table; undefined where its name is not hidden. */
export function makerOfTable(name: string): AttemptName | undefined {
  const at = name.lastIndexOf("__portal_");
  return at < 0 ? undefined : makerOf(name.slice(at + 2));
}

/**
 * Whether nobody uses any more what an attempt made: it was an earlier one of this job, or its job has ended for good, which
 * its record in the archive shows. A job that the archive does not know may be alive, in another portal or by hand.
 */
export function isLeftover(maker: AttemptName | undefined, now: AttemptName, settings: Settings): boolean {
  if (!maker) return false;
  if (maker.job === now.job) return maker.attempt < now.attempt;
  const layout = layoutOf(settings.DATA_DIR);
  return existsSync(layout.archive) && archivedRecord(layout, maker.job) !== undefined;
}
