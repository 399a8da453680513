import type { Counted } from "../../log-formats/read.ts";
import type { Session } from "../../spark/session.ts";
import type { Snapshot } from "../../tables/iceberg.ts";
import { nameOf, sqlName } from "../../tables/names.ts";
import type { StepContext } from "../engine.ts";
import { type AnalyzeLogs, linesTable } from "./parameters.ts";
import { iso } from "./statement.ts";

/** What the table has of one file. */
export interface InTable {
  records: number;
  notParsed: number;
  from?: string;
  to?: string;
}

/** Counts what the table has of each file, and proves that it is what was counted in the files. Throws where it is not. */
export async function countedInTable(
  session: Session,
  counted: readonly Counted[],
  snapshot: Snapshot,
  { job, attempt, proof, signal }: StepContext<AnalyzeLogs>,
): Promise<Map<string, InTable>> {
  const table = linesTable(job.id);
  const sql = `select source, cast(count(*) as string) as records, cast(count_if(not parsed) as string) as not_parsed,
    ${iso("unix_seconds(min(time))")} as first, ${iso("unix_seconds(max(time))")} as last
    from ${sqlName(table)} version as of ${snapshot.id} group by source`;
  const rows = await session.query(sql, { signal });
  const found = new Map(
    rows.map(({ source, records, not_parsed, first, last }): [string, InTable] => [
      String(source),
      {
        ...{ records: Number(records), notParsed: Number(not_parsed) },
        ...(first && last ? { from: String(first), to: String(last) } : {}),
      },
    ]),
  );
  const differences = counted.flatMap(({ source, lines, following }) => {
    const [expected, written] = [lines - following, found.get(source)?.records ?? 0];
    return expected === written ? [] : [`${source} has ${expected} records, the table ${written} of it`];
  });
  const records = (sum: number, one: Counted) => sum + one.lines - one.following;
  const written = [...found.values()].reduce((sum, one) => sum + one.records, 0);
  proof({
    ...{ at: new Date().toISOString(), attempt, table: job.parameters.files?.join(", ") ?? "", target: nameOf(table) },
    ...{ level: "metadata", verdict: differences.length === 0 ? "equal" : "differs", targetSnapshot: snapshot.id },
    columns: ["source"],
    source: { rows: String(counted.reduce(records, 0)) },
    targetFigures: { rows: String(written) },
    ...(differences.length > 0 && { differences: differences.slice(0, 20) }),
    sql,
  });
  if (differences.length === 0) return found;
  throw new Error(
    `${nameOf(table)} differs from its files: ${differences.slice(0, 5).join("; ")}. A file may have grown while it was read: run the job again.`,
  );
}
