import { sparkLiteral, sqlName } from "../../../../connectors/iceberg/names.ts";
import type { JobRecord } from "../../../../core/jobs/record.ts";
import { cachedAnswer } from "../../../../core/system/cache.ts";
import type { Portal } from "../../../portal/page.ts";
import { ANALYSES, linesTable } from "../../parameters.ts";
import { queryOf } from "./filter-query.ts";
import { conditionOf, type Filters } from "./filters.ts";

/** A line as it was written, with the stack trace that belongs to it; `cut` where it is longer than what is here. */
export interface RawLine {
  source: string;
  line: string;
  raw: string;
  trace: string | null;
  time: string | null;
  level: string | null;
  parsed: boolean;
  cut: boolean;
}

/** How many lines a page has, and how many stand around one. */
export const LINES = 100;
const AROUND = 20;
const LONGEST = 4000;

/** The lines that match, in the order of their files; one more than a page has where there are more. */
export function matchingLines(portal: Portal, record: JobRecord, filters: Filters, from: number): Promise<RawLine[]> {
  const where = conditionOf(filters);
  return ask(portal, record, ["lines", String(queryOf(filters)), from], {
    ...{ where, order: "source, line", limit: `limit ${LINES + 1} offset ${from}`, longest: LONGEST },
  });
}

/** A line with those around it; the line itself comes whole, as far as a page bears it. */
export async function linesAround(portal: Portal, record: JobRecord, source: string, line: number): Promise<RawLine[]> {
  const side = (sign: "<=" | ">", order: "asc" | "desc", count: number) =>
    ask(portal, record, ["around", source, line, sign], {
      ...{ where: `source = ${sparkLiteral(source)} and line ${sign} ${line}`, order: `line ${order}` },
      ...{ limit: `limit ${count}`, longest: LONGEST * 25 },
    });
  const [before, after] = await Promise.all([side("<=", "desc", AROUND + 1), side(">", "asc", AROUND)]);
  return [...before.toReversed(), ...after];
}

interface Selected {
  where: string;
  order: string;
  limit: string;
  longest: number;
}

function ask(portal: Portal, { id, hash }: JobRecord, about: readonly unknown[], select: Selected): Promise<RawLine[]> {
  const { where, order, limit, longest } = select;
  const short = (column: string) => `left(${column}, ${longest}) as ${column}`;
  const columns = [
    ...["source", "cast(line as string) as line", short("raw"), short("trace")],
    ...["cast(time as string) as time", "level", "parsed"],
    `length(raw) > ${longest} or coalesce(length(trace) > ${longest}, false) as cut`,
  ];
  const from = `(select * from ${sqlName(linesTable(id))}${where && ` where ${where}`} order by ${order} ${limit})`;
  return cachedAnswer(portal, [hash, ...about], () =>
    portal.metadata.ask(
      ANALYSES.catalog,
      async session => (await session.query(`select ${columns.join(", ")} from ${from}`)) as unknown as RawLine[],
    ),
  );
}
