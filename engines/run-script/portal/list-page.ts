import { isEnough, type Role } from "../../../core/people/roles.ts";
import type { Settings } from "../../../core/settings.ts";
import { type ScriptLine, type ScriptList, scriptsPage } from "../../../views/pages/scripts/scripts.ts";
import type { RequestContext, RouteResult } from "../../portal/page.ts";
import { ALLOWED_WORDS } from "../conf.ts";
import { scriptPlaces } from "../places.ts";
import { type ListedScript, listing } from "./listing.ts";
import { STATUS_LOOKS, statusOf } from "./statuses.ts";

const ROWS = 100;

/** The page of scripts, where a form was refused with that form as it was filled in. */
export async function scriptsPageRoute(
  { portal, query, person, now }: RequestContext,
  refused: Pick<ScriptList, "refused" | "upload"> = {},
  status = 200,
): Promise<RouteResult> {
  const text = (query.get("text") ?? "").trim();
  const from = Math.max(0, Math.trunc(Number(query.get("from") ?? 0)) || 0);
  const parts = text.toLowerCase().split(/\s+/).filter(Boolean);
  const wanted = (path: string) => parts.every(part => path.toLowerCase().includes(part));
  const { scripts, matching, total, unavailable } = await listing(portal, { wanted, from, most: ROWS });
  const places = scriptPlaces(portal.settings).map(({ name }) => name);
  const body = scriptsPage({
    lines: scripts.map(scriptLine),
    ...{ text, from, rows: ROWS, matching, total, places, now },
    unavailable: unavailable.map(({ place, error }) => ({ place: place.name, ...error })),
    isLive: scripts.some(({ history }) => history.now !== undefined),
    mayStart: isEnough(person.role, "operator"),
    mayUpload: isEnough(person.role, uploadRole(portal.settings)),
    allowed: ALLOWED_WORDS,
    ...refused,
  });
  return { kind: "page", title: "Scripts", body, here: "/scripts", status };
}

// A script may do all that the user may whom it runs as: with the worker's own user that is everything.
/** The role that may bring a script. */
export function uploadRole({ SCRIPTS_USER }: Pick<Settings, "SCRIPTS_USER">): Role {
  return SCRIPTS_USER ? "operator" : "administrator";
}

/** A script as pages show it. */
export function scriptLine({ history, ...file }: ListedScript): ScriptLine {
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
