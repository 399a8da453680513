import { sqlName } from "../../../connectors/iceberg/names.ts";
import type { AnalysisFigures } from "../../../core/jobs/analysis.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { cachedAnswer } from "../../../core/system/cache.ts";
import type { Portal } from "../../portal/page.ts";
import { ANALYSES, linesTable } from "../parameters.ts";
import { analysisIn } from "./past.ts";

/** How often a kind of line is there in each of two analyses. */
export interface Difference {
  template: string;
  level: string | null;
  a: number;
  b: number;
}

const MOST = 60;

/** The kinds of lines that differ most between the tables of two analyses, as SQL. */
export function differencesSql(a: string, b: string): string {
  const side = (name: string, id: string) =>
    `select '${name}' as side, template, level from ${sqlName(linesTable(id))}`;
  // The counts have names of their own: a name that stands for a text outside would be taken for that in the order.
  return `select template, level, cast(in_a as string) as a, cast(in_b as string) as b from (
    select template, level, count_if(side = 'a') as in_a, count_if(side = 'b') as in_b
    from (${side("a", a)} union all ${side("b", b)}) where template is not null group by template, level)
    order by abs(in_a - in_b) desc, in_a + in_b desc, template limit ${MOST}`;
}

/** The kinds of lines that differ most between two analyses, as Spark counts them. */
export async function differences(portal: Portal, a: JobRecord, b: JobRecord): Promise<Difference[]> {
  const sql = differencesSql(a.id, b.id);
  const rows = await cachedAnswer(portal, ["compared", a.hash, b.hash], () =>
    portal.metadata.ask(ANALYSES.catalog, session => session.query(sql)),
  );
  return rows.map(row => ({
    ...{ template: String(row.template), level: row.level === null ? null : String(row.level) },
    ...{ a: Number(row.a), b: Number(row.b) },
  }));
}

/** The same of what the records hold: only the most frequent types of errors of each. */
export function knownDifferences(a: JobRecord, b: JobRecord): Difference[] {
  const counts = [a, b].map(record => countsOf(analysisIn(record)?.figures.errors_by_type));
  const keys = new Set(counts.flatMap(count => [...count.keys()]));
  return [...keys]
    .map((key): Difference => {
      const [template = "", level = null] = JSON.parse(key) as [string, string | null];
      return { template, level, a: counts[0]?.get(key) ?? 0, b: counts[1]?.get(key) ?? 0 };
    })
    .sort((one, other) => Math.abs(other.a - other.b) - Math.abs(one.a - one.b));
}

function countsOf(found: AnalysisFigures | undefined): Map<string, number> {
  const at = (name: string) => found?.columns.indexOf(name) ?? -1;
  const [template, level, count] = [at("template"), at("level"), at("count")];
  return new Map((found?.rows ?? []).map(row => [JSON.stringify([row[template], row[level]]), Number(row[count])]));
}
