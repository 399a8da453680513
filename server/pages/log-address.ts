import { withQuery } from "../../views/parts/list.ts";
import type { AskedLog } from "./log-file.ts";
import { wantedIn } from "./log-found.ts";

/** The addresses that a page of a log leads to: all of them keep what is shown and looked for, not where in the log one is. */
export function addressesOf(asked: AskedLog, query: URLSearchParams) {
  const { text, level } = wantedIn(query);
  const kept = new URLSearchParams();
  if (asked.view === "events") kept.set("view", "events");
  else kept.set("attempt", String(asked.attempt));
  if (query.get("wrap") === "no") kept.set("wrap", "no");
  if (text) kept.set("find", text);
  if (level) kept.set("level", level);
  return (change: Readonly<Record<string, string | undefined>>) => withQuery(`/jobs/${asked.id}/log`, kept, change);
}
