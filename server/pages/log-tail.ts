import type { Portal } from "../../engines/page.ts";
import { lastWindow } from "../../files/log/window.ts";
import { openServed } from "../../files/served.ts";
import type { View } from "../../views/html.ts";
import { logTail } from "../../views/pages/log-lines.ts";
import { logName } from "./log-file.ts";

/** The last lines of an attempt's log as a part of its job's page; nothing where there is none. */
export async function tailOf(
  { layout }: Pick<Portal, "layout">,
  id: string,
  attempt: number,
  lines: number,
): Promise<View | undefined> {
  await using file = await openServed(layout, "log", logName(id, attempt));
  if (!file || file.size === 0) return undefined;
  const last = await lastWindow(file, { lines, maxBytes: 64 * 1024 });
  return logTail(last.lines, `/jobs/${id}/log?attempt=${attempt}`);
}
