import type { TableDetail } from "../../connectors/catalog-browser/open.ts";
import type { JobFile } from "../../core/jobs/envelope.ts";
import { isEnough } from "../../core/people/roles.ts";
import { group, size } from "../../views/format/figures.ts";
import type { Part } from "../../views/html.ts";
import { here, type Picker, type PickLine, pickerPage } from "../../views/pages/jobs/picker.ts";
import { copyPage } from "../../views/pages/jobs/plan.ts";
import { copyAs } from "./copy-as.ts";
import { estimateFor, estimateWords } from "./estimates.ts";
import { type PageDraft, type RequestContext, type Route, type RouteResult, SCHEDULE_DRAFT } from "./page.ts";
import { pickerPlaces } from "./picker-places.ts";

/** A page on which tables are picked for a type of job. */
export interface PickPage {
  path: string;
  type: string;
  title: string;
  verb: string;
  catalog: string;
  /** The catalog that a job writes into, where it names no other. */
  to: string;
  place: { name: string; label: string };
  columns: Picker["columns"];
  /** What is said of tables, by what is known of them and what was done before. */
  lines(request: RequestContext, place: string, known: readonly TableDetail[]): Omit<PickLine, "chosen">[];
  fields(place: string, options: PageDraft["options"], request: RequestContext): Part;
  then(options: PageDraft["options"]): Part;
  /** The names of the fields of `fields` and `then`. */
  options: readonly string[];
  job(place: string, names: readonly string[], options: PageDraft["options"]): JobFile;
  /** The cron line by which the job that is started comes again, where somebody asked for that. */
  again?(options: PageDraft["options"]): string | undefined;
}

const ROWS = 100;
const SORTS = ["name", "rows", "bytes", "changed"];

/** The routes of such a page: what is there, what is chosen (kept while one searches and turns pages), and the start. */
export function pickRoutes(page: PickPage): Route[] {
  return [
    { method: "get", path: page.path, role: "viewer", answer: request => show(page, request) },
    { method: "get", path: `${page.path}/copy`, role: "viewer", answer: request => copy(page, request) },
    { method: "post", path: `${page.path}/choose`, role: "operator", answer: request => choose(page, request) },
  ];
}

interface PickQuery {
  place: string;
  text: string;
  sort: string;
  page: number;
}

async function show(page: PickPage, request: RequestContext): Promise<RouteResult> {
  const { portal, query, person, now } = request;
  const choice = pickQuery(page, query);
  const draft = portal.drafts.get(person.name, draftKey(page, choice.place));
  const places = await pickerPlaces(portal, page.catalog);
  const names = choice.place ? await portal.metadata.names(page.catalog, choice.place) : undefined;
  const found = await tablesOf(page, request, choice, names?.items ?? []);
  const state = portal.metadata.state();
  const body = pickerPage({
    path: page.path,
    title: page.title,
    catalog: page.catalog,
    place: {
      ...page.place,
      value: choice.place,
      options: places.items,
      pending: places.pending,
      ...(places.error && { error: places.error }),
    },
    ...(names?.error && { error: names.error }),
    ...(names && { asOf: names.at }),
    fields: page.fields(choice.place, draft.options, request),
    then: page.then(draft.options),
    text: choice.text,
    sort: choice.sort,
    ...found,
    lines: found.lines.map(line => ({ ...line, chosen: draft.names.has(line.name) })),
    total: names?.items.length ?? 0,
    pending: (names?.pending ? 1 : 0) + (choice.place ? portal.metadata.pending(page.catalog, choice.place) : 0),
    ...(!state.ready && { spark: state.why }),
    chosen: {
      count: draft.names.size,
      hidden: hiddenOf(draft.names, names?.items ?? [], choice.text),
      words: costOf(page, request, choice.place, draft),
    },
    verb: page.verb,
    columns: page.columns,
    mayStart: isEnough(person.role, "operator"),
    now,
  });
  return { kind: "page", title: page.title, body, here: page.path };
}

function pickQuery({ place }: PickPage, query: URLSearchParams): PickQuery {
  const sort = query.get("sort") ?? "name";
  return {
    place: query.get(place.name) ?? "",
    text: (query.get("text") ?? "").trim(),
    sort: SORTS.includes(sort.replace(/^-/, "")) ? sort : "name",
    page: Math.max(1, Math.trunc(Number(query.get("page") ?? 1)) || 1),
  };
}

function tablesOf(page: PickPage, request: RequestContext, choice: PickQuery, all: readonly string[]) {
  const matching = matchingNames(all, choice.text);
  const sorted =
    choice.sort === "name"
      ? matching
      : choice.sort === "-name"
        ? matching.toReversed()
        : byFigure(page, request, choice, matching);
  const pages = Math.max(1, Math.ceil(sorted.length / ROWS));
  const number = Math.min(choice.page, pages);
  const shown = sorted.slice((number - 1) * ROWS, number * ROWS);
  const known = request.portal.metadata.details(page.catalog, choice.place, shown);
  return { lines: page.lines(request, choice.place, known), matching: matching.length, pages, page: number };
}

function matchingNames(all: readonly string[], text: string): string[] {
  const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter(name => parts.every(part => name.toLowerCase().includes(part)));
}

// A selection outlives a filter: what it hides is started too, so the page says how much that is.
function hiddenOf(chosen: ReadonlySet<string>, all: readonly string[], text: string): number {
  if (!text) return 0;
  const shown = new Set(matchingNames(all, text));
  return [...chosen].filter(name => !shown.has(name)).length;
}

// What is not known yet comes last, whichever way it is sorted.
function byFigure(
  page: PickPage,
  request: RequestContext,
  { place, sort }: PickQuery,
  names: readonly string[],
): string[] {
  const key = sort.replace(/^-/, "");
  const down = sort.startsWith("-") ? -1 : 1;
  const lines = page.lines(request, place, request.portal.metadata.details(page.catalog, place, names));
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
function costOf(page: PickPage, request: RequestContext, place: string, draft: PageDraft): string {
  if (draft.names.size === 0) return "";
  const names = [...draft.names];
  const lines = page.lines(request, place, request.portal.metadata.details(page.catalog, place, names));
  const bytes = lines.flatMap(line => (line.bytes === undefined ? [] : [BigInt(line.bytes)]));
  const rows = lines.flatMap(line => (line.rows === undefined ? [] : [BigInt(line.rows)]));
  const unknown = lines.length - bytes.length;
  const figures = [
    bytes.length > 0 && size(bytes.reduce((sum, one) => sum + one, 0n)),
    rows.length > 0 && `${group(rows.reduce((sum, one) => sum + one, 0n))} rows`,
    unknown > 0 && `${unknown === lines.length ? "size" : `size of ${group(unknown)}`} not known`,
    timeOf(page, request, place, draft, lines),
  ];
  return figures.filter(Boolean).join(", ");
}

function timeOf(
  page: PickPage,
  { portal }: RequestContext,
  place: string,
  { names, options }: PageDraft,
  lines: readonly Pick<PickLine, "name" | "bytes">[],
): string | undefined {
  const { type, parameters } = page.job(place, [...names], options);
  const to = (parameters as { to?: string }).to ?? page.to;
  const tables = lines.map(({ name, bytes }) => ({
    ...{ table: `${page.catalog}.${place}.${name}`, target: `${to}.${place}.${name}` },
    ...(bytes !== undefined && { bytes }),
  }));
  const estimate = estimateFor(portal, { type, parameters }, tables);
  return estimate && estimateWords(estimate);
}

// Every button of the form comes here: what is ticked and filled in is kept first, then the button does its work.
async function choose(page: PickPage, request: RequestContext): Promise<RouteResult> {
  const { form, portal, person } = request;
  const choice = pickQuery(page, form);
  const key = draftKey(page, choice.place);
  const go = form.get("go") ?? "";
  const all = go === "all" ? await portal.metadata.names(page.catalog, choice.place) : undefined;
  const names = namesAfter(page, request, choice, portal.drafts.get(person.name, key), all?.items ?? []);
  const draft = { names, options: Object.fromEntries(page.options.map(name => [name, form.get(name) ?? ""])) };
  portal.drafts.set(person.name, key, draft);
  if (isAct(go)) return act(page, request, choice, draft, go);
  if (go === "refresh") portal.metadata.refresh(page.catalog, choice.place);
  const sort = go.startsWith("sort:") ? go.slice("sort:".length) : choice.sort;
  const number = go.startsWith("page:") ? Number(go.slice("page:".length)) : go === "find" ? 1 : choice.page;
  return {
    kind: "redirect",
    to: here({ path: page.path, place: pickPlace(page, choice.place), text: choice.text, sort, page: number }, {}),
  };
}

function namesAfter(
  page: PickPage,
  { form, portal }: RequestContext,
  { place, text }: PickQuery,
  before: PageDraft,
  all: readonly string[],
): Set<string> {
  const go = form.get("go");
  if (go === "none") return new Set();
  const names = new Set(before.names);
  for (const shown of form.getAll("shown")) names.delete(shown);
  for (const name of form.getAll("name")) names.add(name);
  if (go !== "all") return names;
  const matching = matchingNames(all, text);
  const lines = page.lines(
    { form, portal } as RequestContext,
    place,
    portal.metadata.details(page.catalog, place, matching),
  );
  for (const { name, refusal } of lines) if (!refusal) names.add(name);
  return names;
}

const ACTS = ["start", "plan", "copy", "schedule"] as const;
type Act = (typeof ACTS)[number];

function isAct(go: string): go is Act {
  return (ACTS as readonly string[]).includes(go);
}

function act(
  page: PickPage,
  request: RequestContext,
  { place, text, sort, page: number }: PickQuery,
  draft: PageDraft,
  go: Act,
): RouteResult {
  const { portal, person } = request;
  if (draft.names.size === 0) {
    const to = here({ path: page.path, place: pickPlace(page, place), text, sort, page: number }, {});
    return { kind: "redirect", to, notice: "No table is selected. Select at least one, then press the button again." };
  }
  const query = new URLSearchParams({ [page.place.name]: place });
  if (go === "copy") return { kind: "redirect", to: `${page.path}/copy?${query}` };
  const job = page.job(place, [...draft.names].sort(), draft.options);
  if (go === "schedule") {
    portal.drafts.set(person.name, SCHEDULE_DRAFT, { names: new Set(), options: { job: JSON.stringify(job) } });
    return { kind: "redirect", to: "/new-schedule?draft=1" };
  }
  if (go === "plan")
    return { kind: "redirect", to: `/plans/${portal.submit(request, { type: "plan-job", parameters: { job } })}` };
  const id = portal.submit(request, job);
  const cron = page.again?.(draft.options);
  const schedule = cron ? ` It comes again every night, as the schedule ${portal.schedule(request, job, cron)}.` : "";
  portal.drafts.set(person.name, draftKey(page, place), undefined);
  return {
    kind: "redirect",
    to: `/jobs/${id}`,
    notice: `Submitted.${schedule}${portal.workerLives() ? "" : " No worker is running: start one with npm start or npm run worker."}`,
  };
}

function copy(page: PickPage, { portal, person, query }: RequestContext): RouteResult {
  const { place } = pickQuery(page, query);
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
