import { join } from "node:path";
import { portalAddress } from "../../core/endpoints.ts";
import type { Portal } from "./page.ts";

/** A job as a person would write it, drop it or send it: without what only the portal and the worker say. */
export function copyAs(
  { settings, layout }: Pick<Portal, "settings" | "layout">,
  job: object,
): { file: string; cp: string; curl: string } {
  const {
    id: _,
    via: __,
    submittedBy: ___,
    submittedAt: ____,
    parent: _____,
    retryOf: ______,
    ...file
  } = job as Record<string, unknown>;
  return {
    file: JSON.stringify(file, null, 2),
    cp: `cp job.json ${shellWord(join(layout.queue, "/"))}`,
    curl: `curl -H "Authorization: Bearer $PORTAL_TOKEN" -H "Content-Type: application/json" --data @job.json ${portalAddress(settings)}/api/jobs`,
  };
}

function shellWord(path: string): string {
  return /^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
