import { ERROR_LEVELS } from "../../../core/log-reader/levels.ts";
import { nextOfLevel, search } from "../../../core/log-reader/search.ts";
import { windowAt } from "../../../core/log-reader/window.ts";
import type { OpenedFile } from "../../../core/store/served.ts";
import type { RequestContext, RouteResult } from "../../../engines/portal/page.ts";
import { numberIn, openRequestedLog, type RequestedLog } from "./log-file.ts";
import { levelsOf, wantedIn } from "./log-found.ts";

/** Where one can go from a line. */
export const WAYS = ["next-error", "previous-error", "next-match", "previous-match"] as const;
export type Jump = (typeof WAYS)[number];

/** Goes to the next or previous error or match, seen from `?at=`: to its line, marked, among its neighbours. */
export async function go(
  request: RequestContext,
  asked: RequestedLog,
  way: Jump,
  to: (at: number) => string,
): Promise<RouteResult> {
  await using file = await openRequestedLog(request.portal.layout, asked);
  const at = numberIn(request.query, "at");
  const found =
    file && (way.endsWith("error") ? await error(file, way, at) : await match(file, way, at, request.query));
  if (found !== undefined) return { kind: "redirect", to: `${to(found)}#marked` };
  const [direction, what] = way.split("-");
  const back = at === undefined ? to(Math.max(0, (file?.size ?? 0) - 1)) : `${to(at)}#marked`;
  return { kind: "redirect", to: back, notice: `There is no ${direction} ${what} in this log.` };
}

async function error(file: OpenedFile, way: Jump, at: number | undefined): Promise<number | undefined> {
  const isBack = way === "previous-error";
  const from = at ?? (isBack ? file.size : -1);
  return (await nextOfLevel(file, from, isBack ? "backward" : "forward", ERROR_LEVELS))?.offset;
}

async function match(
  file: OpenedFile,
  way: Jump,
  at: number | undefined,
  query: URLSearchParams,
): Promise<number | undefined> {
  const wanted = wantedIn(query);
  const levels = levelsOf(wanted);
  if (!wanted.text && !levels) return undefined;
  const isBack = way === "previous-match";
  const from = at === undefined || isBack ? at : (await windowAt(file, { from: at, lines: 1 })).end;
  const { matches } = await search(file, {
    text: wanted.text,
    ...(levels && { levels }),
    ...(from !== undefined && { from }),
    direction: isBack ? "backward" : "forward",
    limit: 1,
    maxBytes: Number.POSITIVE_INFINITY,
  });
  return matches[0]?.offset;
}
