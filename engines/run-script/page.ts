import { isEnough } from "../../jobs/people.ts";
import { scriptsPage } from "../../views/pages/scripts.ts";
import { linkButton } from "../../views/parts/button.ts";
import type { Answer, JobPage, Visit } from "../page.ts";
import { ALLOWED_WORDS } from "./conf.ts";
import { lineOf } from "./line.ts";
import { listing } from "./listing.ts";
import { scriptPlaces } from "./places.ts";
import { show } from "./show.ts";
import { start } from "./start.ts";
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
