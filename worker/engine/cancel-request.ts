import { lstatSync } from "node:fs";
import { parseJson } from "../../core/jobs/parse/json.ts";
import type { CancelRequest } from "../../core/jobs/running.ts";
import { cancelFile } from "../../core/store/cancel.ts";
import type { Layout } from "../../core/store/layout.ts";
import { isOwn, userName } from "../../core/store/origin.ts";
import { readRegular } from "../queue/read-file.ts";

/** The cancel request of a job, if there is one. An empty file counts too: then its owner is the person who cancels. */
export function readCancelRequest(layout: Layout, id: string): CancelRequest | undefined {
  const path = cancelFile(layout, id);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return undefined;
  const body = isOwn(stats) ? readBody(path) : {};
  return {
    by: text(body.by) ?? userName(stats.uid),
    at: text(body.at) ?? stats.mtime.toISOString(),
    ...(text(body.reason) && { reason: text(body.reason)! }),
  };
}

function readBody(path: string): Record<string, unknown> {
  try {
    const value: unknown = parseJson(readRegular(path)?.bytes.toString("utf8") ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
