import { describeIceberg, listIceberg } from "../../../connectors/iceberg/iceberg.ts";
import { sqlName } from "../../../connectors/iceberg/names.ts";
import type { Session } from "../../../connectors/spark/session.ts";
import { isId } from "../../../core/jobs/id.ts";
import { ANALYSES, JOB_PROPERTY, linesTable } from "../parameters.ts";

// A run does not keep anybody waiting with it: the rest goes with the next one.
const AT_ONCE = 10;
const DAY = 86_400_000;

/** Drops the tables of analyses that are older than so many days (0 keeps all), and only those; gives their names. */
export async function dropOld(session: Session, keepDays: number, now: number): Promise<string[]> {
  if (keepDays === 0) return [];
  const names = await listIceberg(session, ANALYSES.catalog, ANALYSES.namespace);
  const old = names.filter(name => (madeAt(name) ?? now) < now - keepDays * DAY);
  const dropped: string[] = [];
  for (const name of old.slice(0, AT_ONCE)) {
    const table = { ...ANALYSES, table: name };
    const job = (await describeIceberg(session, table))?.properties[JOB_PROPERTY];
    // Somebody else's table may have such a name.
    if (!job || !isId(job) || linesTable(job).table.toLowerCase() !== name.toLowerCase()) continue;
    await session.command(`drop table if exists ${sqlName(table)} purge`);
    dropped.push(name);
  }
  return dropped;
}

// The name is that of the job, which begins with its time; the Metastore writes it small.
function madeAt(name: string): number | undefined {
  const [, ...parts] = /^(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)(\d{3})z_/i.exec(name) ?? [];
  const [year = "", month = "", day = "", hour = "", minute = "", second = "", ms = ""] = parts;
  const at = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(at) ? undefined : at;
}
