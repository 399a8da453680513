import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import { recordAuditEvent } from "../../../core/audit/audit-events.ts";
import { isEnough } from "../../../core/people/roles.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import { type NamedPattern, named } from "../../../formats/logs/formats/named.ts";
import { patternFrom } from "../../../formats/logs/from-marks.ts";
import { keepOwnFormat, ownFormats, problemOfName, removeOwnFormat } from "../../../formats/logs/own.ts";
import { parsing } from "../../../formats/logs/parse.ts";
import { type FormatView, formatPage, formatsPage, type ReadLine } from "../../../views/pages/analyses/log-format.ts";
import {
  auditContext,
  HttpError,
  type Portal,
  type RequestContext,
  type Route,
  type RouteResult,
} from "../../portal/page.ts";
import { ANALYSES } from "../parameters.ts";
import { unavailableReason } from "./analysis-page.ts";
import { analysisIn } from "./past.ts";

/** Formats of one's own: those that there are, and a page that makes one of five lines. */
export const formatRoutes: readonly Route[] = [
  { method: "get", path: "/analyses/formats", role: "viewer", answer: list },
  { method: "get", path: "/analyses/formats/new", role: "operator", answer: begin },
  { method: "post", path: "/analyses/formats", role: "operator", answer: submitted },
  { method: "post", path: "/analyses/formats/remove", role: "operator", answer: remove },
];

const LINES = 5;
const LONGEST = 4000;

type Typed = FormatView["typed"];

function list({ portal, person }: RequestContext): RouteResult {
  const formats = ownFormats(portal.layout.root).map(({ name, title = name, pattern, time, sample }) => ({
    ...{ name, title, pattern, sample: sample ?? [] },
    ...(time && { time }),
  }));
  const body = formatsPage({ formats, mayChange: isEnough(person.role, "operator") });
  return { kind: "page", title: "Log formats", body, here: "/analyses" };
}

// The lines that an analysis could not parse are what somebody wants to describe.
function begin({ portal, query }: RequestContext): RouteResult {
  const job = query.get("of") ? findJob(portal.layout, query.get("of") ?? "") : undefined;
  const found = job?.state === "ended" ? analysisIn(job.record) : undefined;
  const samples = found?.notParsedSamples ?? [];
  const same = samples.filter(({ source }) => source === samples[0]?.source).slice(0, LINES);
  return page({
    lines: same.map(({ raw }) => raw).join("\n"),
    time: "",
    level: "",
    message: "",
    written: "",
    follows: "traces",
    name: "",
  });
}

async function submitted(request: RequestContext): Promise<RouteResult> {
  const { portal, form } = request;
  const text = (name: string) => (form.get(name) ?? "").trim();
  const typed: Typed = {
    lines: (form.get("lines") ?? "").replaceAll("\r\n", "\n").replace(/\n+$/, ""),
    ...{ time: text("time"), level: text("level"), message: text("message"), written: text("written") },
    ...{ follows: text("follows") || "traces", name: text("name") },
  };
  const lines = typed.lines
    .split("\n")
    .filter(line => line.trim() !== "")
    .slice(0, LINES)
    .map(line => line.slice(0, LONGEST));
  const [first] = lines;
  if (!first) return page(typed, { lines: "Paste up to five lines of the log." });
  if (!typed.time) return page(typed, { time: "Copy the time of the first line into this field." });
  const made = patternOf(first, typed);
  if ("problem" in made) return page(typed, { [made.at]: made.problem });
  const { pattern } = made;
  const tried = await read(portal, pattern, lines);
  const isUnread = tried.lines.every(({ state }) => state !== "read");
  if (isUnread && tried.lines.some(({ state }) => state === "time"))
    return page(
      typed,
      { written: "This time is not known: say how it is written, as dd.MM.yyyy HH:mm:ss." },
      pattern,
      tried,
    );
  if (form.get("do") !== "save") return page(typed, {}, pattern, tried);
  const wrong = problemOfName(typed.name);
  if (wrong) return page(typed, { name: wrong }, pattern, tried);
  keepOwnFormat(portal.layout.root, { ...pattern, sample: lines });
  record(request, `keep the log format ${typed.name}`);
  return {
    kind: "redirect",
    to: "/analyses/formats",
    notice: `${typed.name} is kept. Every analysis looks for it from now on; analyse the log again to see it.`,
  };
}

function patternOf(first: string, typed: Typed): { pattern: NamedPattern } | { at: keyof Typed; problem: string } {
  const { time, level, message, written, follows } = typed;
  try {
    const source = patternFrom(first, { time, ...(level && { level }), ...(message && { message }) });
    const name = typed.name || "new";
    const pattern: NamedPattern = {
      ...{ name, pattern: source, follows: follows === "all" || follows === "none" ? follows : "traces" },
      ...(written && { time: written }),
    };
    named(pattern);
    return { pattern };
  } catch (error) {
    const problem = (error as Error).message;
    const mark = (["message", "level"] as const).find(mark => problem.startsWith(`The ${mark} `)) ?? "time";
    const at = problem.startsWith("The time of ") ? "written" : mark;
    return { at, problem };
  }
}

// The lines as an analysis would read them: by Spark, with the same SQL.
async function read(
  portal: Portal,
  pattern: NamedPattern,
  lines: readonly string[],
): Promise<{ lines: ReadLine[]; unavailable?: string }> {
  const matches = new RegExp(`^(?:${pattern.pattern})`);
  const groups = lines.map(raw => ({ raw, found: matches.exec(raw)?.groups }));
  try {
    const values = lines.map((line, at) => `(${at}, ${sparkLiteral(line)})`).join(", ");
    const relation = `select * from values ${values} as v(place, raw)`;
    const years = { base: String(new Date().getUTCFullYear()), cut: "0" };
    const sql = `select place, parsed, cast(time as string) as time, level, message from (${parsing(named(pattern), relation, { timeZone: "UTC", years })}) order by place`;
    const rows = await portal.metadata.ask(ANALYSES.catalog, session => session.query(sql), "logs");
    return {
      lines: rows.map((row, at): ReadLine => {
        const raw = lines[at] ?? "";
        if (row.parsed !== true) return { raw, state: groups[at]?.found ? "time" : "not read" };
        return {
          raw,
          state: "read",
          time: String(row.time ?? ""),
          level: String(row.level),
          message: String(row.message),
        };
      }),
    };
  } catch (error) {
    return {
      lines: groups.map(({ raw, found }): ReadLine => {
        if (!found) return { raw, state: "not read" };
        return {
          raw,
          state: "matches",
          time: found.time ?? "",
          level: found.level ?? "",
          message: found.message ?? "",
        };
      }),
      unavailable: unavailableReason(error),
    };
  }
}

function page(
  typed: Typed,
  wrong: FormatView["wrong"] = {},
  pattern?: NamedPattern,
  tried?: { lines: ReadLine[]; unavailable?: string },
): RouteResult {
  const view: FormatView = { typed, wrong, ...(pattern && tried && { tried: { pattern: pattern.pattern, ...tried } }) };
  const status = Object.keys(wrong).length > 0 ? 422 : 200;
  return { kind: "page", status, title: "Describe a log format", body: formatPage(view), here: "/analyses" };
}

function remove(request: RequestContext): RouteResult {
  const name = request.form.get("name") ?? "";
  if (!removeOwnFormat(request.portal.layout.root, name))
    throw new HttpError(
      404,
      `There is no format ${name.slice(0, 100)}.`,
      "The page of the formats lists those that there are.",
    );
  record(request, `remove the log format ${name}`);
  return { kind: "redirect", to: "/analyses/formats", notice: `${name} is removed.` };
}

function record(request: RequestContext, detail: string): void {
  recordAuditEvent(auditContext(request), {
    what: "format",
    about: "logs",
    detail,
  });
}
