import type { Row, Session, Statement } from "../../connectors/spark/session.ts";
import type { AnalysisFigures } from "../../core/jobs/analysis.ts";
import { type Analysis, analysisColumns, isTime, type Options } from "./analyses/analysis.ts";
import { analyses } from "./analyses/list.ts";
import { isoOf } from "./options.ts";
import { RESULT_KEYS, statementsFor } from "./statement.ts";

/**
 * Asks all analyses of some lines. `lines` is a table or a SELECT in brackets, `where` a condition as conditionOf() makes
 * it, or an empty text.
 */
export async function analyse(
  session: Pick<Session, "query">,
  lines: string,
  where: string,
  options: Options,
  statement: Statement = {},
): Promise<Record<string, AnalysisFigures>> {
  const statements = statementsFor(analyses, lines, where, options);
  const rows = (await Promise.all(statements.map(sql => session.query(sql, statement)))).flat();
  const found = Map.groupBy(rows, ({ name }) => String(name));
  return Object.fromEntries(
    analyses.map(analysis => {
      const ordered = (found.get(analysis.name) ?? []).sort((a, b) => Number(a.place) - Number(b.place));
      return [analysis.name, { columns: analysisColumns(analysis), rows: ordered.map(row => cellsOf(analysis, row)) }];
    }),
  );
}

function cellsOf(analysis: Analysis, row: Row): (string | null)[] {
  const by = Object.keys(analysis.by);
  return analysisColumns(analysis).map(column => {
    const value = row[by.includes(column) ? (RESULT_KEYS[by.indexOf(column)] ?? "") : column];
    if (value === null || value === undefined) return null;
    return isTime(column) ? isoOf(value) : String(value);
  });
}
