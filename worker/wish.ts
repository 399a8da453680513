import { lstatSync } from "node:fs";
import { cancelFile } from "../files/cancel.ts";
import type { Layout } from "../files/layout.ts";
import type { CancelWish } from "../jobs/running.ts";
import { isOwn, userName } from "./origin.ts";
import { readRegular } from "./read-file.ts";

/** The wish to cancel a job, if there is one. An empty file of anybody will do: then its owner is who wished. */
export function readWish(layout: Layout, id: string): CancelWish | undefined {
  const path = cancelFile(layout, id);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return undefined;
  const said = isOwn(stats) ? readSaid(path) : {};
  return {
    by: text(said.by) ?? userName(stats.uid),
    at: text(said.at) ?? stats.mtime.toISOString(),
    ...(text(said.reason) && { reason: text(said.reason)! }),
  };
}

function readSaid(path: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(readRegular(path)?.bytes.toString("utf8") ?? "{}");
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
