import type { Speed } from "../audit/index/earlier.ts";
import type { JobFile } from "../jobs/envelope.ts";
import { isEnough } from "../jobs/people.ts";
import type { Known } from "../tables/metadata/open.ts";
import { group, size } from "../views/figures.ts";
import type { Part } from "../views/html.ts";
import { here, type Picker, type PickLine, pickerPage } from "../views/pages/picker.ts";
import { copyPage } from "../views/pages/plan.ts";
import { copyAs } from "./copy-as.ts";
import { type Answer, type Draft, Refusal, type Route, type Visit } from "./page.ts";

/** A page on which tables are picked for a type of job. */
export interface PickPage {
  path: string;
  type: string;
  title: string;
  verb: string;
  catalog: string;
  place: { name: string; label: string };
  columns: Picker["columns"];
  /** What is said of tables, by what is known of them and what was done before. */
  lines(visit: Visit, place: string, known: readonly Known[]): Omit<PickLine, "chosen">[];
  fields(place: string, options: Draft["options"], visit: Visit): Part;
  then(options: Draft["options"]): Part;
  /** The names of the fields of `fields` and `then`. */
  options: readonly string[];
  job(place: string, names: readonly string[], options: Draft["options"]): JobFile;
}

const ROWS = 100;
const SORTS = ["name", "rows", "bytes", "changed"];

/** The routes of such a page: what is there, what is chosen (kept while one searches and turns pages), and the start. */
export function pickRoutes(page: PickPage): Route[] {
  return [
    { method: "get", path: page.path, role: "viewer", answer: visit => show(page, visit) },
    { method: "get", path: `${page.path}/copy`, role: "viewer", answer: visit => copy(page, visit) },
    { method: "post", path: `${page.path}/choose`, role: "operator", answer: visit => choose(page, visit) },
  ];
}

interface Asked {
  place: string;
  text: string;
  sort: string;
  page: number;
}

async function show(page: PickPage, visit: Visit): Promise<Answer> {
  const { portal, query, person, now } = visit;
  const asked = askedOf(page, query);
  const draft = portal.drafts.get(person.name, draftKey(page, asked.place));
  const places = await portal.metadata.namespaces(page.catalog);
  const names = asked.place ? await portal.metadata.names(page.catalog, asked.place) : undefined;
  const found = await tablesOf(page, visit, asked, names?.items ?? []);
  const state = portal.metadata.state();
  const body = pickerPage({
    path: page.path,
    title: page.title,
    place: {
      ...page.place,
      value: asked.place,
      options: places.items,
      pending: places.pending,
      ...(places.error && { error: places.error }),
    },
    ...(names?.error && { error: names.error }),
    ...(names && { asOf: names.at }),
    fields: page.fields(asked.place, draft.options, visit),
    then: page.then(draft.options),
    text: asked.text,
    sort: asked.sort,
    ...found,
    lines: found.lines.map(line => ({ ...line, chosen: draft.names.has(line.name) })),
    total: names?.items.length ?? 0,
    pending: (names?.pending ? 1 : 0) + (asked.place ? portal.metadata.pending(page.catalog, asked.place) : 0),
    ...(!state.ready && { spark: state.why }),
    chosen: { count: draft.names.size, words: costOf(page, visit, asked.place, draft) },
    verb: page.verb,
    columns: page.columns,
    mayStart: isEnough(person.role, "operator"),
    now,
  });
  return { kind: "page", title: page.title, body, here: page.path };
}

function askedOf({ place }: PickPage, query: URLSearchParams): Asked {
  const sort = query.get("sort") ?? "name";
  return {
    place: query.get(place.name) ?? "",
    text: (query.get("text") ?? "").trim(),
    sort: SORTS.includes(sort.replace(/^-/, "")) ? sort : "name",
    page: Math.max(1, Math.trunc(Number(query.get("page") ?? 1)) || 1),
  };
}

function tablesOf(page: PickPage, visit: Visit, asked: Asked, all: readonly string[]) {
  const matching = matchingNames(all, asked.text);
  const sorted =
    asked.sort === "name"
      ? matching
      : asked.sort === "-name"
        ? matching.toReversed()
        : byFigure(page, visit, asked, matching);
  const pages = Math.max(1, Math.ceil(sorted.length / ROWS));
  const number = Math.min(asked.page, pages);
  const shown = sorted.slice((number - 1) * ROWS, number * ROWS);
  const known = visit.portal.metadata.details(page.catalog, asked.place, shown);
  return { lines: page.lines(visit, asked.place, known), matching: matching.length, pages, page: number };
}

function matchingNames(all: readonly string[], text: string): string[] {
  const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(name => parts.every(part => name.toLowerCase().includes(part)));
}

// What is not known yet comes last, whichever way it is sorted.
function byFigure(page: PickPage, visit: Visit, { place, sort }: Asked, names: readonly string[]): string[] {
  const key = sort.replace(/^-/, "");
  const down = sort.startsWith("-") ? -1 : 1;
  const lines = page.lines(visit, place, visit.portal.metadata.details(page.catalog, place, names));
  const figure = (line: Omit<PickLine, "chosen">): number | undefined => {
    if (key === "changed") return line.changedAt ? Date.parse(line.changedAt) : undefined;
    const text = key === "rows" ? line.rows : line.bytes;
    return text === undefined ? undefined : Number(text);
  };
  const figures = new Map(lines.map(line => [line.name, figure(line)]));
  return names.toSorted((a, b) => {
    const [x, y] = [figures.get(a), figures.get(b)];
    if (x === undefined || y === undefined) return Number(x === undefined) - Number(y === undefined);
    return (x - y) * down;
  });
}

// "48.2 GB, about 9 min, from 14 earlier runs"; what is not known is said to be so.
function costOf(page: PickPage, visit: Visit, place: string, draft: Draft): string {
  if (draft.names.size === 0) return "";
  const names = [...draft.names];
  const lines = page.lines(visit, place, visit.portal.metadata.details(page.catalog, place, names));
  const bytes = lines.flatMap(line => (line.bytes === undefined ? [] : [BigInt(line.bytes)]));
  const rows = lines.flatMap(line => (line.rows === undefined ? [] : [BigInt(line.rows)]));
  const unknown = lines.length - bytes.length;
  const told = [
    bytes.length > 0 && size(bytes.reduce((sum, one) => sum + one, 0n)),
    rows.length > 0 && `${group(rows.reduce((sum, one) => sum + one, 0n))} rows`,
    unknown > 0 && `${unknown === lines.length ? "size" : `size of ${group(unknown)}`} not known`,
    timeOf(visit.portal.index.speed(page.type), bytes, names.length, visit.portal.settings.SPARK_PARALLEL),
  ];
  return told.filter(Boolean).join(", ");
}

function timeOf(
  { jobs, bytesPerSecond, secondsPerTable }: Speed,
  bytes: readonly bigint[],
  tables: number,
  parallel: number,
): string | undefined {
  if (jobs === 0 || secondsPerTable === undefined) return undefined;
  const total = Number(bytes.reduce((sum, one) => sum + one, 0n));
  const seconds = Math.max(
    (tables * secondsPerTable) / Math.min(parallel, tables),
    bytesPerSecond ? total / bytesPerSecond : 0,
  );
  const words = seconds < 90 ? `${Math.max(1, Math.round(seconds))} s` : `${Math.round(seconds / 60)} min`;
  return `about ${words}, from ${jobs === 1 ? "1 earlier run" : `${jobs} earlier runs`}`;
}

// Every button of the form comes here: what is ticked and filled in is kept first, then the button does its work.
async function choose(page: PickPage, visit: Visit): Promise<Answer> {
  const { form, portal, person } = visit;
  const asked = askedOf(page, form);
  const key = draftKey(page, asked.place);
  const go = form.get("go") ?? "";
  const all = go === "all" ? await portal.metadata.names(page.catalog, asked.place) : undefined;
  const names = namesAfter(page, visit, asked, portal.drafts.get(person.name, key), all?.items ?? []);
  const draft = { names, options: Object.fromEntries(page.options.map(name => [name, form.get(name) ?? ""])) };
  portal.drafts.set(person.name, key, draft);
  if (go === "start" || go === "plan" || go === "copy") return act(page, visit, asked, draft, go);
  if (go === "refresh") portal.metadata.refresh(page.catalog, asked.place);
  const sort = go.startsWith("sort:") ? go.slice("sort:".length) : asked.sort;
  const number = go.startsWith("page:") ? Number(go.slice("page:".length)) : go === "find" ? 1 : asked.page;
  return {
    kind: "redirect",
    to: here({ path: page.path, place: pickPlace(page, asked.place), text: asked.text, sort, page: number }, {}),
  };
}

function namesAfter(
  page: PickPage,
  { form, portal }: Visit,
  { place, text }: Asked,
  before: Draft,
  all: readonly string[],
): Set<string> {
  const go = form.get("go");
  if (go === "none") return new Set();
  const names = new Set(before.names);
  for (const shown of form.getAll("shown")) names.delete(shown);
  for (const name of form.getAll("name")) names.add(name);
  if (go !== "all") return names;
  const matching = matchingNames(all, text);
  const lines = page.lines({ form, portal } as Visit, place, portal.metadata.details(page.catalog, place, matching));
  for (const { name, refusal } of lines) if (!refusal) names.add(name);
  return names;
}

function act(page: PickPage, visit: Visit, { place }: Asked, draft: Draft, go: "start" | "plan" | "copy"): Answer {
  const { portal, person } = visit;
  if (draft.names.size === 0)
    throw new Refusal(422, "No table is chosen.", "Go back and tick the tables that are meant.");
  const query = new URLSearchParams({ [page.place.name]: place });
  if (go === "copy") return { kind: "redirect", to: `${page.path}/copy?${query}` };
  const job = page.job(place, [...draft.names].sort(), draft.options);
  if (go === "plan")
    return { kind: "redirect", to: `/plans/${portal.submit(visit, { type: "plan-job", parameters: { job } })}` };
  const id = portal.submit(visit, job);
  portal.drafts.set(person.name, draftKey(page, place), undefined);
  return {
    kind: "redirect",
    to: `/jobs/${id}`,
    notice: portal.workerLives()
      ? "It is queued, and starts as soon as there is room."
      : "It is queued. No worker is running: start one with npm start or npm run worker.",
  };
}

function copy(page: PickPage, { portal, person, query }: Visit): Answer {
  const { place } = askedOf(page, query);
  const { names, options } = portal.drafts.get(person.name, draftKey(page, place));
  const back = here({ path: page.path, place: pickPlace(page, place), text: "", sort: "name", page: 1 }, {});
  const job = page.job(place, [...names].sort(), options);
  return { kind: "page", title: "Copy as", here: page.path, body: copyPage(copyAs(portal, job), back) };
}

function pickPlace({ place }: PickPage, value: string): Picker["place"] {
  return { ...place, value, options: [], pending: false };
}

function draftKey({ path }: PickPage, place: string): string {
  return `${path} ${place}`;
}
