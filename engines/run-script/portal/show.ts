import { join } from "node:path";
import { isEnough } from "../../../core/people/roles.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import { openRegular } from "../../../core/store/served.ts";
import { pythonLines } from "../../../views/format/code.ts";
import type { View } from "../../../views/html.ts";
import { keptScriptPage, scriptPage } from "../../../views/pages/scripts/script.ts";
import { HttpError, type RequestContext, type RouteResult } from "../../portal/page.ts";
import { jobErrorOf } from "../../runner/job-error.ts";
import { ALLOWED_WORDS } from "../conf.ts";
import { readScript } from "../folder.ts";
import { keptName } from "../kept.ts";
import { scriptName } from "../parameters.ts";
import { findScript } from "../places.ts";
import { scriptLine } from "./list-page.ts";
import { listing } from "./listing.ts";

/** One script to read: as it lies in its folder now, or, with `?job=`, as that job has run it. */
export async function scriptPageRoute(request: RequestContext): Promise<RouteResult> {
  const path = request.query.get("path") ?? "";
  const job = request.query.get("job");
  const body = job ? await storedScript(request, path, job) : await current(request, path);
  return { kind: "page", title: scriptName(path), body, here: "/scripts" };
}

async function current({ portal, person, now }: RequestContext, path: string): Promise<View> {
  const place = findScript(portal.settings, path);
  if (!place)
    throw new HttpError(404, `There is no script ${path || "without a path"}.`, "The list has all there are.");
  const { scripts, unavailable } = await listing(portal, { wanted: one => one === path, most: 1 });
  const [found] = scripts;
  const why = unavailable.find(one => one.place.name === place.place.name);
  if (!found && why) throw new HttpError(503, why.error.message, why.error.hint);
  if (!found) throw new HttpError(404, `There is no ${path} any more.`, "Somebody has removed it.");
  const { bytes, sha256 } = await readScript(portal.settings, path).catch(error => {
    const { message, hint } = jobErrorOf(error);
    throw new HttpError(409, message, hint);
  });
  return scriptPage({
    line: scriptLine({ ...found, sha256 }),
    place: place.place.name,
    ...codeOf(bytes),
    mayStart: isEnough(person.role, "operator"),
    allowed: ALLOWED_WORDS,
    now,
  });
}

async function storedScript({ portal: { layout } }: RequestContext, path: string, job: string): Promise<View> {
  const found = findJob(layout, job);
  const ran = found?.state === "ended" ? found.record.tables.find(({ table }) => table === path) : undefined;
  const sha256 = ran?.sourceSnapshot ?? "";
  const hint = "Only what has run and ended has one, as long as it is left in logs/.";
  const none = () => new HttpError(404, `There is no copy of what ${job} ran as ${path}.`, hint);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw none();
  try {
    await using file = await openRegular(join(layout.logs, keptName(job, path, sha256)));
    return keptScriptPage({ path, job, sha256, ...codeOf(await file.handle.readFile()) });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") throw none();
    throw error;
  }
}

function codeOf(bytes: Buffer): { lines: View[]; isText: boolean } {
  const text = bytes.toString();
  return { lines: pythonLines(text.replace(/\n$/, "")), isText: !text.includes("\uFFFD") };
}
