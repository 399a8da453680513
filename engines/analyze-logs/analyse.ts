import type { Figures } from "../../jobs/analysis.ts";
import type { Session, Statement } from "../../spark/session.ts";
import { literal, quote } from "../../tables/names.ts";
import type { Analysis, Options } from "./analyses/analysis.ts";
import { analyses } from "./analyses/list.ts";

/**
 * Asks all analyses of some lines in one statement. `lines` is a table or a SELECT in brackets, `where` a condition as
 * conditionOf() makes it, or an empty text.
 */
export async function analyse(
  session: Pick<Session, "query">,
  lines: string,
  where: string,
  options: Options,
  statement: Statement = {},
): Promise<Record<string, Figures>> {
  const rows = await session.query(together(lines, where, options), statement);
  const found = new Map<string, { n: number; cells: (string | null)[] }[]>(analyses.map(({ name }) => [name, []]));
  for (const { analysis, n, cells } of rows)
    found.get(String(analysis))?.push({ n: Number(n), cells: JSON.parse(String(cells)) });
  return Object.fromEntries(
    analyses.map(({ name, columns }) => {
      const ordered = (found.get(name) ?? []).sort((a, b) => a.n - b.n);
      return [name, { columns: [...columns], rows: ordered.map(({ cells }) => cells) }];
    }),
  );
}

/** One statement for all analyses: the name of each, the place of a row in it, and its cells as a JSON list of texts. */
export function together(lines: string, where: string, options: Options): string {
  const relation = where ? `(select * from ${lines} where ${where})` : lines;
  return analyses.map(analysis => one(analysis, relation, options)).join("\nunion all\n");
}

function one({ name, columns, sql, order, most }: Analysis, lines: string, options: Options): string {
  const limit = most === "topN" ? options.topN : most;
  const cells = columns.map(column => `cast(${quote(column)} as string)`).join(", ");
  return `select ${literal(name)} as analysis, row_number() over (order by ${order}) as n, to_json(array(${cells})) as cells
    from (select * from (${sql(lines, options)}) order by ${order} limit ${limit})`;
}
