import type { Figures } from "../../jobs/analysis.ts";
import type { Session, Statement } from "../../spark/session.ts";
import { columnsOf, type Options } from "./analyses/analysis.ts";
import { analyses } from "./analyses/list.ts";
import { statementFor } from "./statement.ts";

/**
 * Asks all analyses of some lines, in one statement. `lines` is a table or a SELECT in brackets, `where` a condition as
 * conditionOf() makes it, or an empty text.
 */
export async function analyse(
  session: Pick<Session, "query">,
  lines: string,
  where: string,
  options: Options,
  statement: Statement = {},
): Promise<Record<string, Figures>> {
  const rows = await session.query(statementFor(analyses, lines, where, options), statement);
  const found = new Map<string, { place: number; cells: (string | null)[] }[]>();
  for (const { name, place, cells } of rows) {
    const row = { place: Number(place), cells: JSON.parse(String(cells)) as (string | null)[] };
    found.set(String(name), [...(found.get(String(name)) ?? []), row]);
  }
  return Object.fromEntries(
    analyses.map(analysis => {
      const ordered = (found.get(analysis.name) ?? []).sort((a, b) => a.place - b.place);
      return [analysis.name, { columns: columnsOf(analysis), rows: ordered.map(({ cells }) => cells) }];
    }),
  );
}
