import { literal } from "../../tables/names.ts";
import { type Analysis, columnsOf, IS_ERROR, isNumber, isTime, MEASURES, type Options } from "./analyses/analysis.ts";

const KEYS = ["k1", "k2", "k3"];
const COUNTED = ["lines", "errors", "critical", "not_parsed", "now", "before", "timed"];

/**
 * One statement for many analyses: the name of each, the place of a row in it, and its cells as a JSON list of texts. The
 * lines are counted once for all columns that have few values, and the analyses are made of these counts; its result does
 * not depend on the time zone of the session.
 */
export function statementFor(analyses: readonly Analysis[], lines: string, where: string, options: Options): string {
  const together = analyses.filter(({ apart }) => !apart);
  const alone = analyses.filter(({ apart }) => apart);
  const groups = together.flatMap(one => [groupOf(one), ...(one.total ? [groupOf({ ...one, by: {} })] : [])]);
  const carried = [...COUNTED, "first", "last", "spent"].join(", ");
  return `with portal_lines as (select *, ${TIMES(options)} from ${lines}${where && ` where ${where}`}),
    portal_counts as (select ${FEW.join(", ")}, ${measured(options)} from portal_lines group by ${FEW.join(", ")}),
    portal_groups as (
      select found.name, found.k1, found.k2, found.k3, ${carried} from portal_counts
        lateral view inline(array(${groups.join(", ")})) found as name, k1, k2, k3 where found.name is not null
      ${alone.map(one => `union all ${countedAlone(one, options)}`).join("\n")}),
    portal_sums as (select name, k1, k2, k3, ${summed()} from portal_groups group by name, k1, k2, k3),
    portal_rows as (select *, row_number() over (partition by name order by ${orderOf(analyses)}) as place from portal_sums)
    select name, place, case name ${analyses.map(one => `when ${literal(one.name)} then ${cellsOf(one)}`).join(" ")} end as cells
    from portal_rows where place <= case name ${analyses.map(one => `when ${literal(one.name)} then ${mostOf(one, options)}`).join(" ")} end`;
}

// The columns that have few values; the step of time has no more than a chart has bars.
const FEW = ["at", "day", "hour", "level", "template", "service", "endpoint", "host", "status"];

const TIMES = ({ width }: Options) =>
  `cast(floor(unix_seconds(time) / ${width}) * ${width} as bigint) as at,
   cast(floor(pmod(unix_seconds(time), 86400) / 3600) as int) as hour`;

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
  const keys = KEYS.map((key, i) => `'${key}', cast(${Object.values(by)[i] ?? "null"} as string)`);
  const group = `named_struct('name', ${literal(name)}, ${keys.join(", ")})`;
  return only ? `if(${only}, ${group}, null)` : group;
}

function countedAlone({ name, by, only = "true" }: Analysis, options: Options): string {
  const keys = KEYS.map((key, i) => `cast(${Object.values(by)[i] ?? "null"} as string) as ${key}`);
  return `select ${literal(name)} as name, * from (select ${keys.join(", ")}, ${measured(options)}
    from portal_lines where ${only} group by 1, 2, 3)`;
}

// One order for all: a total first, then numbers, then words.
function orderOf(analyses: readonly Analysis[]): string {
  const each = analyses.map(analysis => {
    const columns = analysis.order.map(column => ({
      name: column.replace(/^-/, ""),
      sign: column.startsWith("-") ? "-" : "",
    }));
    const numbers = columns.flatMap(({ name, sign }) => {
      const number = numberOf(analysis, name);
      return number ? [`cast(${sign}(${number}) as double)`] : [];
    });
    const words = columns.flatMap(({ name }) => (numberOf(analysis, name) ? [] : [keyOf(analysis, name)]));
    const padded = [...numbers, "0.0D", "0.0D", "0.0D"].slice(0, 3);
    const text = [...words, ...Object.keys(analysis.by).map(name => keyOf(analysis, name))];
    return `when ${literal(analysis.name)} then struct(if(k1 is null, 0, 1) as total, array(${padded.join(", ")}) as numbers, concat_ws(' ', ${text.join(", ") || "''"}) as words)`;
  });
  return `case name ${each.join(" ")} end`;
}

function numberOf(analysis: Analysis, column: string): string | undefined {
  if (column in analysis.by) {
    const key = keyOf(analysis, column);
    if (column === "level") return `array_position(array('debug', 'info', 'warn', 'error', 'critical'), ${key})`;
    return isNumber(column) || isTime(column) ? `cast(${key} as double)` : undefined;
  }
  return MEASURES[column as keyof typeof MEASURES];
}

function keyOf({ by }: Analysis, column: string): string {
  return KEYS[Object.keys(by).indexOf(column)] ?? "''";
}

function cellsOf(analysis: Analysis): string {
  const cells = columnsOf(analysis).map(column => {
    const own = column in analysis.by ? keyOf(analysis, column) : MEASURES[column as keyof typeof MEASURES];
    return isTime(column) ? iso(`cast(${own} as bigint)`) : `cast(${own} as string)`;
  });
  return `to_json(array(${cells.join(", ")}))`;
}

function mostOf({ most, total }: Analysis, { topN }: Options): number {
  return (most === "topN" ? topN : most) + (total ? 1 : 0);
}

/** Seconds since 1970 as `2026-11-25T10:00:00Z`, whatever the time zone of the session, as SQL. */
export function iso(seconds: string): string {
  const part = (unit: number, of: number) => `lpad(cast(pmod(${seconds}, ${of}) div ${unit} as string), 2, '0')`;
  const day = `date_add(date '1970-01-01', cast(floor(${seconds} / 86400) as int))`;
  return `(cast(${day} as string) || 'T' || ${part(3600, 86_400)} || ':' || ${part(60, 3600)} || ':' || ${part(1, 60)} || 'Z')`;
}
