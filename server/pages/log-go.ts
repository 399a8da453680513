import type { Answer, Visit } from "../../engines/page.ts";
import { nextOfLevel, search } from "../../files/log/search.ts";
import { windowAt } from "../../files/log/window.ts";
import type { OpenedFile } from "../../files/served.ts";
import { type AskedLog, numberIn, openAsked } from "./log-file.ts";
import { levelsOf, wantedIn } from "./log-found.ts";

/** Where one can go from a line. */
export const WAYS = ["next-error", "previous-error", "next-match", "previous-match"] as const;
export type Way = (typeof WAYS)[number];

/** Goes to the next or previous error or match, seen from `?at=`: to its line, marked, among its neighbours. */
export async function go(visit: Visit, asked: AskedLog, way: Way, to: (at: number) => string): Promise<Answer> {
  await using file = await openAsked(visit.portal.layout, asked);
  const at = numberIn(visit.query, "at");
  const found = file && (way.endsWith("error") ? await error(file, way, at) : await match(file, way, at, visit.query));
  if (found !== undefined) return { kind: "redirect", to: `${to(found)}#marked` };
  const [direction, what] = way.split("-");
  const back = at === undefined ? to(Math.max(0, (file?.size ?? 0) - 1)) : `${to(at)}#marked`;
  return { kind: "redirect", to: back, notice: `There is no ${direction} ${what} in this log.` };
}

async function error(file: OpenedFile, way: Way, at: number | undefined): Promise<number | undefined> {
  const isBack = way === "previous-error";
  const from = at ?? (isBack ? file.size : -1);
  return (await nextOfLevel(file, from, isBack ? "backward" : "forward", "error"))?.offset;
}

async function match(
  file: OpenedFile,
  way: Way,
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
