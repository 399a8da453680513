import type { z } from "zod";
import { MOST_PROBLEMS, type Problem, problemsOf, schemaAt } from "./problem.ts";

/** A value that fits its shape, or what is wrong with it. */
export type ShapeCheck<T> = { ok: true; data: T } | { ok: false; problems: Problem[] };

/**
 * Checks what somebody wrote against its shape. zod reports every wrong entry of a list, and builds a report for each option
 * of each: ten thousand wrong ones take seconds. So a wrong list is looked at in parts, until enough problems are known.
 */
export function checkShape<S extends z.ZodType>(shape: S, value: unknown): ShapeCheck<z.output<S>> {
  const holders = new Set<unknown>();
  if (findLongLists(value, holders) && !shape.validate(value)) {
    const problems = firstProblems(shape, value, holders);
    if (problems.length > 0) return { ok: false, problems };
  }
  const result = shape.safeParse(value);
  return result.success
    ? { ok: true, data: result.data }
    : { ok: false, problems: problemsOf(result.error.issues, shape) };
}

const PART = 100;

// Collects the lists that are longer than a part, and everything around them.
function findLongLists(value: unknown, holders: Set<unknown>): boolean {
  if (typeof value !== "object" || value === null) return false;
  let found = Array.isArray(value) && value.length > PART;
  if (!found) for (const inner of entriesOf(value)) if (findLongLists(inner, holders)) found = true;
  if (found) holders.add(value);
  return found;
}

function entriesOf(value: object): readonly unknown[] {
  return Array.isArray(value) ? value : Object.values(value);
}

function firstProblems(shape: z.ZodType, value: unknown, holders: ReadonlySet<unknown>): Problem[] {
  const problems: Problem[] = [];
  const rest: LongList[] = [];
  for (const list of longLists(value, holders, [])) {
    const most = mostEntries(shape, list.path);
    if (list.entries.length <= most) rest.push(list);
    else problems.push({ path: list.path, message: `expected at most ${most} entries, got ${list.entries.length}` });
  }
  const first = shape.safeParse(shortened(value, holders));
  if (!first.success) problems.push(...problemsOf(first.error.issues, shape));
  for (const { path, entries } of rest.filter(({ path }) => !problems.some(problem => startsWith(path, problem.path))))
    for (let from = PART; from < entries.length && problems.length <= MOST_PROBLEMS; from += PART)
      problems.push(...problemsInPart(shape, path, entries.slice(from, from + PART), from));
  return problems;
}

// What is said of a list as a whole is said of all its entries.
function startsWith(path: readonly PropertyKey[], start: readonly PropertyKey[]): boolean {
  return start.every((step, i) => step === path[i]);
}

interface LongList {
  path: PropertyKey[];
  entries: unknown[];
}

function longLists(value: unknown, holders: ReadonlySet<unknown>, path: PropertyKey[]): LongList[] {
  if (!holders.has(value)) return [];
  if (!Array.isArray(value))
    return Object.entries(value as object).flatMap(([key, inner]) => longLists(inner, holders, [...path, key]));
  if (value.length > PART) return [{ path, entries: value }];
  return value.flatMap((inner, i) => longLists(inner, holders, [...path, i]));
}

// The value with the first part only of each long list.
function shortened(value: unknown, holders: ReadonlySet<unknown>): unknown {
  if (!holders.has(value)) return value;
  if (Array.isArray(value)) return value.slice(0, PART).map(inner => shortened(inner, holders));
  return Object.fromEntries(Object.entries(value as object).map(([key, inner]) => [key, shortened(inner, holders)]));
}

// With nothing around the list, much is missing there: only what stands in the list itself is meant.
function problemsInPart(shape: z.ZodType, path: PropertyKey[], part: unknown[], from: number): Problem[] {
  const alone = path.reduceRight<unknown>(
    (inner, step) => (typeof step === "number" ? [inner] : { [step]: inner }),
    part,
  );
  const schemaPath = path.map(step => (typeof step === "number" ? 0 : step));
  const issues = shape.safeParse(alone).error?.issues ?? [];
  const within = issues.filter(
    issue => schemaPath.every((step, i) => issue.path[i] === step) && issue.path.length > path.length,
  );
  const moved = within.map(issue => {
    const [index, ...inner] = issue.path.slice(path.length);
    return { ...issue, path: [...path, Number(index) + from, ...inner] };
  });
  return problemsOf(moved, shape);
}

function mostEntries(shape: z.ZodType, path: readonly PropertyKey[]): number {
  const here = schemaAt(shape, path);
  const limits = [here, ...(here.anyOf ?? [])].map(({ maxItems }) => maxItems).filter(most => most !== undefined);
  return limits.length > 0 ? Math.max(...limits) : Number.POSITIVE_INFINITY;
}
