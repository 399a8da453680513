import type { Answer, Visit } from "../../engines/page.ts";
import { countLevels } from "../../files/log/search.ts";
import { follow } from "../../files/log/window.ts";
import { appendedLines } from "../../views/pages/log-more.ts";
import { addressesOf } from "./log-address.ts";
import { askedLog, numberIn, openAsked } from "./log-file.ts";
import { wantedIn } from "./log-found.ts";
import { readableLines } from "./log-window.ts";

const COUNTED_AT_ONCE = 32 * 1024 * 1024;

/** What was written to a log since `?from=`, as a fragment, with how the job is now. `?file=` is the log that was read before. */
export async function moreOfLog(visit: Visit): Promise<Answer> {
  const { portal, query, now } = visit;
  // The job first, the log second: of a job that has ended all is read.
  const asked = askedLog(visit);
  const to = addressesOf(asked, query);
  const find = wantedIn(query).text;
  await using file = await openAsked(portal.layout, asked);
  if (!file) return { kind: "fragment", body: appendedLines({ ...asked, to, find, now }) };
  const before = query.get("file");
  const appended = await follow(file, numberIn(query, "from") ?? 0, {
    growing: asked.growing,
    ...(before && { file: before }),
  });
  const counts = await countLevels(file, { maxBytes: COUNTED_AT_ONCE, growing: asked.growing });
  return {
    kind: "fragment",
    body: appendedLines({
      ...asked,
      to,
      find,
      now,
      appended: { ...appended, lines: readableLines(asked, appended.lines) },
      counts,
      file: { size: file.size, modified: file.modified.toISOString() },
    }),
  };
}
