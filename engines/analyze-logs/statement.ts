import { sparkLiteral } from "../../connectors/iceberg/names.ts";
import { LEVELS } from "../../core/log-reader/levels.ts";
import { endpointKind } from "../../formats/logs/template-groups.ts";
import { type Analysis, IS_ERROR, isNumber, isTime, MEASURES, type Options } from "./analyses/analysis.ts";

/** The columns of a result that hold what an analysis is by, in its order. */
export const RESULT_KEYS = ["k1", "k2", "k3"];

const COUNTED = ["lines", "errors", "critical", "not_parsed", "now", "before", "timed"];

/**
 * The statements of analyses. Each gives rows of the name of an analysis, the place of a row in it, what it is by (KEYS),
 * and all measures as texts, moments as seconds since 1970; the time zone of the session does not matter.
 */
export function statementsFor(analyses: readonly Analysis[], lines: string, where: string, options: Options): string[] {
  const together = analyses.filter(({ apart }) => !apart);
  const apart = analyses.filter(({ apart }) => apart);
  const selects = [selectTogether(together, options), ...apart.map(analysis => selectApart(analysis, options))];
  const statements = selects.map(select => `select * from (${select})`);
  if (!where) return statements.map(select => `with portal_lines as (${timed(lines, options)}) ${select}`);
  // What is not the same each time Spark works out once and keeps: a filter looks for its lines once. To keep all lines would
  // cost more than to read them for each statement.
  const once = `select *, monotonically_increasing_id() as portal_once from (${timed(lines, options)}) where ${where}`;
  return [`with portal_lines as (${once}) ${statements.join("\nunion all\n")}`];
}

function timed(lines: string, { width }: Options): string {
  return `select *, cast(floor(unix_seconds(time) / ${width}) * ${width} as bigint) as at,
    cast(floor(pmod(unix_seconds(time), 86400) / 3600) as int) as hour,
    ${endpointKind("endpoint")} as endpoint_kind from ${lines}`;
}

// The lines are counted once for all columns that have few values, and the analyses are made of these counts.
function selectTogether(analyses: readonly Analysis[], options: Options): string {
  const groups = analyses.flatMap(one => [groupOf(one), ...(one.total ? [groupOf({ ...one, by: {} })] : [])]);
  const most = analyses.map(one => `when ${sparkLiteral(one.name)} then ${mostOf(one, options)}`).join(" ");
  return `with portal_counts as (
      select ${FEW.join(", ")}, ${measured(options)} from portal_lines group by ${FEW.join(", ")}),
    portal_groups as (
      select found.name, found.k1, found.k2, found.k3, ${[...COUNTED, "first", "last", "spent"].join(", ")}
        from portal_counts lateral view inline(array(${groups.join(", ")})) found as name, k1, k2, k3
        where found.name is not null),
    portal_sums as (select name, k1, k2, k3, ${summed()} from portal_groups group by name, k1, k2, k3),
    portal_rows as (select *, row_number() over (partition by name order by ${orderOfAll(analyses)}) as place from portal_sums)
    select ${result(analyses)} from portal_rows where place <= case name ${most} end`;
}

// The columns that have few values; the step of time has no more than a chart has bars.
const FEW = ["at", "day", "hour", "level", "template", "service", "endpoint_kind", "host", "status"];

// Where the groups are as many as the lines, only those that are shown are put in order.
function selectApart(analysis: Analysis, options: Options): string {
  const { name, by, only = "true" } = analysis;
  const keys = textsOf(by).map((text, i) => `${text} as ${RESULT_KEYS[i]}`);
  const { numbers, words } = orderOf(analysis);
  const order = [...numbers, ...words].join(", ");
  return `select ${result([analysis])} from (select *, ${sparkLiteral(name)} as name, row_number() over (order by ${order}) as place from (
      select ${keys.join(", ")}, ${measured(options)} from portal_lines where ${only} group by 1, 2, 3
      order by ${order} limit ${mostOf(analysis, options)}))`;
}

// What nobody asks for is not counted: Spark leaves it out.
function result(statements: readonly Analysis[]): string {
  const wanted = new Set<string>(statements.flatMap(({ measures }) => measures));
  const measures = Object.entries(MEASURES).map(([name, measure]) => {
    return `cast(${wanted.has(name) ? measure : "null"} as string) as ${name}`;
  });
  return ["name", "place", ...RESULT_KEYS, ...measures].join(", ");
}

function measured({ period: { from, to } }: Options): string {
  const second = "unix_seconds(time)";
  const within = (a: number, b: string) => `count_if(${IS_ERROR} and ${second} >= ${a} and ${second} ${b})`;
  return `count(*) as lines, count_if(${IS_ERROR}) as errors, count_if(level = 'critical') as critical,
    count_if(not parsed) as not_parsed, ${within(from, `<= ${to}`)} as now,
    ${within(from - (to - from), `< ${from}`)} as before, count(seconds) as timed,
    unix_seconds(min(time)) as first, unix_seconds(max(time)) as last, sum(seconds) as spent`;
}

function summed(): string {
  return [
    ...[...COUNTED, "spent"].map(name => `sum(${name}) as ${name}`),
    ...["min(first) as first", "max(last) as last"],
  ].join(", ");
}

function groupOf({ name, by, only }: Analysis): string {
  const keys = textsOf(by).map((text, i) => `'${RESULT_KEYS[i]}', ${text}`);
  const group = `named_struct('name', ${sparkLiteral(name)}, ${keys.join(", ")})`;
  return only ? `if(${only}, ${group}, null)` : group;
}

// As many as there are keys.
function textsOf(by: Analysis["by"]): string[] {
  return RESULT_KEYS.map((_, i) => `cast(${Object.values(by)[i] ?? "null"} as string)`);
}

// One order for all: a total first, then numbers, then words.
function orderOfAll(analyses: readonly Analysis[]): string {
  const each = analyses.map(analysis => {
    const { numbers, words } = orderOf(analysis);
    const padded = [...numbers, "0.0D", "0.0D", "0.0D"].slice(0, 3);
    return `when ${sparkLiteral(analysis.name)} then struct(if(k1 is null, 0, 1) as total, array(${padded.join(", ")}) as numbers, concat_ws(' ', ${words.join(", ") || "''"}) as words)`;
  });
  return `case name ${each.join(" ")} end`;
}

function orderOf(analysis: Analysis): { numbers: string[]; words: string[] } {
  const columns = analysis.order.map(column => ({
    name: column.replace(/^-/, ""),
    sign: column.startsWith("-") ? "-" : "",
  }));
  const numbers = columns.flatMap(({ name, sign }) => {
    const number = numberOf(analysis, name);
    return number ? [`cast(${sign}(${number}) as double)`] : [];
  });
  const words = columns.flatMap(({ name }) => (numberOf(analysis, name) ? [] : [keyOf(analysis, name)]));
  return { numbers, words: [...words, ...Object.keys(analysis.by).map(name => keyOf(analysis, name))] };
}

function numberOf(analysis: Analysis, column: string): string | undefined {
  if (column in analysis.by) {
    const key = keyOf(analysis, column);
    if (column === "level") return `array_position(array(${LEVELS.map(sparkLiteral).join(", ")}), ${key})`;
    return isNumber(column) || isTime(column) ? `cast(${key} as double)` : undefined;
  }
  return MEASURES[column as keyof typeof MEASURES];
}

function keyOf({ by }: Analysis, column: string): string {
  return RESULT_KEYS[Object.keys(by).indexOf(column)] ?? "''";
}

function mostOf({ most, total }: Analysis, { topN }: Options): number {
  return (most === "topN" ? topN : most) + (total ? 1 : 0);
}
