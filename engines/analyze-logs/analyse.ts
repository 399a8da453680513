import type { Figures } from "../../jobs/analysis.ts";
import type { Row, Session, Statement } from "../../spark/session.ts";
import { type Analysis, columnsOf, isTime, type Options } from "./analyses/analysis.ts";
import { analyses } from "./analyses/list.ts";
import { isoOf } from "./options.ts";
import { KEYS, statementsFor } from "./statement.ts";

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
): Promise<Record<string, Figures>> {
  const statements = statementsFor(analyses, lines, where, options);
  const rows = (await Promise.all(statements.map(sql => session.query(sql, statement)))).flat();
  const found = Map.groupBy(rows, ({ name }) => String(name));
  return Object.fromEntries(
    analyses.map(analysis => {
      const ordered = (found.get(analysis.name) ?? []).sort((a, b) => Number(a.place) - Number(b.place));
      return [analysis.name, { columns: columnsOf(analysis), rows: ordered.map(row => cellsOf(analysis, row)) }];
    }),
  );
}

function cellsOf(analysis: Analysis, row: Row): (string | null)[] {
  const by = Object.keys(analysis.by);
  return columnsOf(analysis).map(column => {
    const value = row[by.includes(column) ? (KEYS[by.indexOf(column)] ?? "") : column];
    if (value === null || value === undefined) return null;
    return isTime(column) ? isoOf(value) : String(value);
  });
}
