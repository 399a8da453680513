import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { type Line, type LogWorld, logWorld, type Made } from "./world.ts";

/** What is right of a file of a log: counts of its records by what they say, or times and seconds in their order. */
export interface Case {
  file: string;
  options?: Pick<Made, "timeZone" | "year" | "asked">;
  /** The format that must win; a family as `docker/…` by its beginning. */
  format?: string;
  records?: number;
  records_sensible?: [number, number];
  parsed?: number;
  parsed_any?: boolean;
  levels?: Record<string, number>;
  levels_error?: number;
  levels_critical?: number;
  levels_warn?: number;
  levels_error_sensible?: [number, number];
  errors_at_least?: number;
  services?: Record<string, number>;
  services_not?: string[];
  ips?: Record<string, number>;
  status?: Record<string, number>;
  endpoints?: string[];
  messages?: string[];
  times?: (string | null)[];
  seconds?: (number | null)[];
  seconds_avg?: number;
}

/** Makes a test of each case of the fixtures whose place among them is wanted. */
export function testCases(isWanted: (at: number) => boolean): void {
  const ends: (() => unknown)[] = [];
  let world: LogWorld | undefined;
  after(async () => {
    for (const end of ends) await end();
  });
  const names = readdirSync(FIXTURES).filter(file => file.endsWith(".json"));
  for (const name of names.sort().filter((_, at) => isWanted(at)))
    test(`${name.replace(".json", "").replaceAll("-", " ")} is read as it is`, async () => {
      world ??= await logWorld({ after: end => void ends.push(end as () => unknown) });
      const right = JSON.parse(readFileSync(join(FIXTURES, name), "utf8")) as Case;
      const content = readFileSync(join(FIXTURES, right.file));
      const { [right.file]: lines = [] } = await world.read({ [right.file]: { content, ...right.options } });
      check(lines, right);
    });
}

const FIXTURES = join(import.meta.dirname, "fixtures");

// Holds what was read of a file against what is right.
function check(lines: readonly Line[], right: Case): void {
  const parsed = lines.filter(line => line.parsed);
  const counts = (column: string) => {
    const found: Record<string, number> = {};
    for (const line of parsed)
      if (line[column] !== null) found[String(line[column])] = (found[String(line[column])] ?? 0) + 1;
    return found;
  };
  const levels = counts("level");
  const within = (value: number, [from, to]: [number, number]) => assert.ok(value >= from && value <= to, `${value}`);
  const column = (name: string) => parsed.map(line => line[name] ?? null);
  if (right.format) assert.match(String(lines[0]?.format), new RegExp(`^${right.format}`));
  if (right.records !== undefined) assert.equal(lines.length, right.records, "records");
  if (right.records_sensible) within(lines.length, right.records_sensible);
  if (right.parsed !== undefined) assert.equal(parsed.length, right.parsed, "parsed");
  if (right.parsed_any) assert.ok(parsed.length > 0);
  if (right.levels) assert.deepEqual(sorted(levels), sorted(right.levels));
  for (const name of ["error", "critical", "warn"] as const) {
    const count = right[`levels_${name}`];
    if (count !== undefined) assert.equal(levels[name] ?? 0, count, name);
  }
  if (right.levels_error_sensible) within(levels.error ?? 0, right.levels_error_sensible);
  if (right.errors_at_least) assert.ok((levels.error ?? 0) >= right.errors_at_least, JSON.stringify(levels));
  if (right.services) assert.deepEqual(counts("service"), right.services);
  for (const service of right.services_not ?? []) assert.equal(counts("service")[service], undefined, service);
  for (const [key, of] of [
    ["ips", "ip"],
    ["status", "status"],
  ] as const)
    for (const [value, count] of Object.entries(right[key] ?? {})) assert.equal(counts(of)[value], count, value);
  if (right.endpoints) assert.deepEqual(column("endpoint"), right.endpoints);
  if (right.messages) assert.deepEqual(column("message"), right.messages);
  if (right.times) assert.deepEqual(column("time"), right.times);
  if (right.seconds) assert.deepEqual(column("seconds"), right.seconds);
  if (right.seconds_avg !== undefined) {
    const all = column("seconds").map(Number);
    const average = all.reduce((sum, one) => sum + one, 0) / all.length;
    assert.ok(Math.abs(average - right.seconds_avg) < 0.001, `${average}`);
  }
}

function sorted(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
}
