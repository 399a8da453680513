import { join } from "node:path";
import { findJob } from "../../files/jobs-on-disk.ts";
import { openRegular } from "../../files/served.ts";
import { isEnough } from "../../jobs/people.ts";
import { pythonLines } from "../../views/code.ts";
import type { View } from "../../views/html.ts";
import { keptPage, scriptPage } from "../../views/pages/script.ts";
import { type Answer, Refusal, type Visit } from "../page.ts";
import { sentence } from "../sentence.ts";
import { ALLOWED_WORDS } from "./conf.ts";
import { readScript } from "./folder.ts";
import { keptName } from "./kept.ts";
import { lineOf } from "./line.ts";
import { listing } from "./listing.ts";
import { scriptName } from "./parameters.ts";
import { findPlace } from "./places.ts";

/** One script to read: as it lies in its folder now, or, with `?job=`, as that job has run it. */
export async function show(visit: Visit): Promise<Answer> {
  const path = visit.query.get("path") ?? "";
  const job = visit.query.get("job");
  const body = job ? await kept(visit, path, job) : await current(visit, path);
  return { kind: "page", title: scriptName(path), body, here: "/scripts" };
}

async function current({ portal, person, now }: Visit, path: string): Promise<View> {
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
  return scriptPage({
    line: lineOf({ ...found, sha256 }),
    place: place.place.name,
    ...codeOf(bytes),
    mayStart: isEnough(person.role, "operator"),
    allowed: ALLOWED_WORDS,
    now,
  });
}

async function kept({ portal: { layout } }: Visit, path: string, job: string): Promise<View> {
  const found = findJob(layout, job);
  const ran = found?.state === "ended" ? found.record.tables.find(({ table }) => table === path) : undefined;
  const sha256 = ran?.sourceSnapshot ?? "";
  const hint = "Only what has run and ended has one, as long as it is left in logs/.";
  const none = () => new Refusal(404, `There is no copy of what ${job} ran as ${path}.`, hint);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw none();
  try {
    await using file = await openRegular(join(layout.logs, keptName(job, path, sha256)));
    return keptPage({ path, job, sha256, ...codeOf(await file.handle.readFile()) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw none();
    throw error;
  }
}

function codeOf(bytes: Buffer): { lines: View[]; isText: boolean } {
  const text = bytes.toString();
  return { lines: pythonLines(text.replace(/\n$/, "")), isText: !text.includes("\uFFFD") };
}
