import { isEnough } from "../../jobs/people.ts";
import { pythonLines } from "../../views/code.ts";
import { scriptPage } from "../../views/pages/script.ts";
import { type ScriptLine, scriptsPage } from "../../views/pages/scripts.ts";
import { linkButton } from "../../views/parts/button.ts";
import { type Answer, type JobPage, Refusal, type Visit } from "../page.ts";
import { sentence } from "../sentence.ts";
import { ALLOWED_WORDS } from "./conf.ts";
import { readScript } from "./folder.ts";
import { type ListedScript, listing } from "./listing.ts";
import { scriptName } from "./parameters.ts";
import { findPlace, scriptPlaces } from "./places.ts";
import { start } from "./start.ts";
import { STATUS_LOOKS, statusOf } from "./statuses.ts";
import { upload } from "./upload.ts";

/** The page of scripts: the list, one script to read, the start, and the way to bring one. */
const page: JobPage = {
  type: "run-script",
  place: { name: "Scripts", href: "/scripts" },
  start: { title: "Run scripts", words: "Spark scripts from a folder in HDFS", href: "/scripts" },
  routes: [
    { method: "get", path: "/scripts", role: "viewer", answer: list },
    { method: "get", path: "/scripts/view", role: "viewer", answer: show },
    { method: "post", path: "/scripts/run", role: "operator", answer: start },
    { method: "post", path: "/scripts/upload", role: "operator", answer: upload },
  ],
  next: () => linkButton("All scripts", "/scripts"),
};

export default page;

const ROWS = 100;

async function list({ portal, query, person, now }: Visit): Promise<Answer> {
  const text = (query.get("text") ?? "").trim();
  const from = Math.max(0, Math.trunc(Number(query.get("from") ?? 0)) || 0);
  const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = (path: string) => parts.every(part => path.toLowerCase().includes(part));
  const { scripts, matching, total, away } = await listing(portal, { wanted, from, most: ROWS });
  const places = scriptPlaces(portal.settings).map(({ name }) => name);
  const body = scriptsPage({
    lines: scripts.map(lineOf),
    ...{ text, from, rows: ROWS, matching, total, places, now },
    away: away.map(({ place, error }) => ({ place: place.name, ...error })),
    isLive: scripts.some(({ history }) => history.now !== undefined),
    mayStart: isEnough(person.role, "operator"),
    allowed: ALLOWED_WORDS,
  });
  return { kind: "page", title: "Scripts", body, here: "/scripts" };
}

async function show({ portal, query, person, now }: Visit): Promise<Answer> {
  const path = query.get("path") ?? "";
  const place = findPlace(portal.settings, path);
  if (!place) throw new Refusal(404, `There is no script ${path || "without a path"}.`, "The list has all there are.");
  const { scripts, away } = await listing(portal, { wanted: one => one === path, most: 1 });
  const [found] = scripts;
  const why = away.find(one => one.place.name === place.place.name);
  if (!found && why) throw new Refusal(503, why.error.message, why.error.hint);
  if (!found) throw new Refusal(404, `There is no ${path} any more.`, "Somebody has removed it.");
  const { bytes, sha256 } = await readScript(portal.settings, path).catch(error => {
    const { message, hint } = sentence(error);
    throw new Refusal(409, message, hint);
  });
  const text = bytes.toString();
  const body = scriptPage({
    line: lineOf({ ...found, sha256 }),
    place: place.place.name,
    lines: pythonLines(text.replace(/\n$/, "")),
    isText: !text.includes("\uFFFD"),
    mayStart: isEnough(person.role, "operator"),
    allowed: ALLOWED_WORDS,
    now,
  });
  return { kind: "page", title: scriptName(path), body, here: "/scripts" };
}

function lineOf({ history, ...file }: ListedScript): ScriptLine {
  const { status, why } = statusOf(history, file.sha256);
  const [shown, word] = STATUS_LOOKS[status];
  const { now, last } = history;
  return {
    ...file,
    ...{ shown, word },
    ...(why && { why }),
    ...(now && { job: now.job }),
    ...(last && { last: { job: last.job, at: last.at, ...(last.attempt && { attempts: last.attempt }) } }),
  };
}
