import type { JobFile } from "../../../core/jobs/envelope.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { isEnough } from "../../../core/people/roles.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import { listUploads } from "../../../formats/csv/uploads.ts";
import { ago } from "../../../views/format/times.ts";
import { comparisonPage } from "../../../views/pages/comparisons/comparison.ts";
import { comparisonsPage } from "../../../views/pages/comparisons/comparisons.ts";
import { linkButton } from "../../../views/parts/button.ts";
import { HttpError, type RequestContext, type RouteResult, SCHEDULE_DRAFT, type TypePages } from "../../portal/page.ts";
import { type RefusedForm, refusedForm } from "../../refused-form.ts";
import { readDifferences } from "../kept.ts";
import { type CompareTables, labelOf } from "../parameters.ts";

/** Two tables are named, compared, and shown with what differs. */
const page: TypePages = {
  type: "compare-tables",
  navigation: { name: "Compare", href: "/comparisons" },
  start: {
    title: "Compare tables",
    words: "Whether two tables hold the same rows, and where not",
    href: "/comparisons",
  },
  routes: [
    { method: "get", path: "/comparisons", role: "viewer", answer: request => list(request) },
    { method: "post", path: "/comparisons", role: "operator", answer: start },
    { method: "get", path: "/comparisons/:id", role: "viewer", answer: show },
  ],
  next: job => linkButton("See the comparison", `/comparisons/${job.id}`),
};

export default page;

const SHOWN = 25;

function list({ portal, person, query, now }: RequestContext, refused?: RefusedForm): RouteResult {
  portal.index.refresh();
  const past = portal.index.jobs({ type: "compare-tables", limit: SHOWN }).rows.flatMap(({ id }) => {
    const found = findJob(portal.layout, id);
    return found?.state === "ended" ? [found.record] : [];
  });
  // A link from a table's page fills in what it knows.
  const typed = Object.fromEntries(["left", "right", "key"].map(name => [name, query.get(name) ?? ""]));
  const body = comparisonsPage({
    state: refused?.state ?? { typed },
    files: listUploads(portal.settings.DATA_DIR).map(({ name }) => name),
    past: past.map(record => ({
      ...sidesOf(record),
      ...{ id: record.id, status: record.status, at: record.finishedAt },
      ...(record.tables[0]?.proof && { verdict: record.tables[0].proof.verdict }),
    })),
    mayStart: isEnough(person.role, "operator"),
    now,
  });
  const status = refused && { status: refused.status };
  return { kind: "page", title: "Compare tables", here: "/comparisons", body, ...status };
}

function sidesOf({ parameters }: Pick<JobRecord, "parameters">) {
  const { left, right } = parameters as unknown as CompareTables;
  return { left: labelOf(left), right: labelOf(right) };
}

function start(request: RequestContext): RouteResult {
  const { form, portal, person } = request;
  try {
    const job = jobIn(request);
    if (form.get("go") === "schedule") {
      portal.drafts.set(person.name, SCHEDULE_DRAFT, { names: new Set(), options: { job: JSON.stringify(job) } });
      return { kind: "redirect", to: "/new-schedule?draft=1" };
    }
    if (form.get("go") === "plan")
      return { kind: "redirect", to: `/plans/${portal.submit(request, { type: "plan-job", parameters: { job } })}` };
    return { kind: "redirect", to: `/comparisons/${portal.submit(request, job)}` };
  } catch (error) {
    return list(request, refusedForm(error, form, { left: "left", right: "right", key: "key", ignore: "ignore" }));
  }
}

function jobIn({ form, portal }: RequestContext): JobFile {
  const text = (name: string) => (form.get(name) ?? "").trim();
  const names = (name: string) =>
    text(name)
      .split(",")
      .map(one => one.trim())
      .filter(Boolean);
  const files = new Set(listUploads(portal.settings.DATA_DIR).map(({ name }) => name));
  const side = (name: string) => {
    const [given, at] = [text(name), text(`${name}At`)];
    if (!given) throw new HttpError(422, "Name a table or a file.", undefined, [], name);
    if (files.has(given)) return { file: given };
    return at ? { table: given, at } : given;
  };
  const [key, ignore] = [names("key"), names("ignore")];
  return {
    type: "compare-tables",
    parameters: {
      ...{ left: side("left"), right: side("right") },
      ...(key.length > 0 && { key }),
      ...(ignore.length > 0 && { ignore }),
    },
  };
}

function show(request: RequestContext): RouteResult {
  const { portal, parameters, person, now } = request;
  const found = findJob(portal.layout, parameters.id ?? "");
  const of = found?.state === "ended" ? found.record : found?.file;
  if (!found || of?.type !== "compare-tables")
    throw new HttpError(404, "There is no such comparison.", "See those that were made under Compare.");
  const id = found.id ?? "";
  const sides = sidesOf(of as Pick<JobRecord, "parameters">);
  const here = "/comparisons";
  const title = `${sides.left} and ${sides.right}`;
  if (found.state !== "ended") {
    const words = found.state === "running" ? "The two tables are being compared …" : "The comparison waits.";
    const view = { id, ...sides, state: found.state, title: words, lines: [], facts: [], isLive: true };
    return { kind: "page", title, here, body: comparisonPage(view) };
  }
  const { record } = found;
  const [outcome] = record.tables;
  const verdict = outcome?.proof?.verdict;
  const differences = readDifferences(portal.layout, id);
  const body = comparisonPage({
    ...{ id, ...sides, state: record.status, isLive: false },
    title: titleFor(record, verdict),
    lines: [...(outcome?.error?.message ? [outcome.error.message] : []), ...(outcome?.notes ?? [])],
    facts: [
      ["Left rows", outcome?.rows],
      ["Left snapshot", outcome?.sourceSnapshot],
      ["Right snapshot", outcome?.targetSnapshot],
      ["Compared", ago(record.finishedAt, now)],
      ["By", record.submittedBy],
    ],
    ...(verdict === "differs" &&
      differences && { found: { ...differences, mayRead: isEnough(person.role, "operator") } }),
  });
  return { kind: "page", title, here, body };
}

function titleFor({ status, error }: JobRecord, verdict: string | undefined): string {
  if (verdict === "equal") return "Both hold the same rows.";
  if (verdict === "agrees") return "Counts, smallest and largest values of all columns agree.";
  if (verdict === "differs") return "They differ.";
  return error?.message ?? `The comparison was ${status}.`;
}
