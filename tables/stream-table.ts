import { z } from "zod";
import type { TableName } from "./names.ts";

/** The name of a stream's table in a job file. */
export const streamTableShape = z
  .string()
  .regex(/^(?:[a-z][a-z0-9_]*\.)?\w+\.\w+$/, "expected catalog.namespace.table, such as lake.streams.requests");

/** The table that a stream is written into: the one named, without a catalog of the lake; else one of the topic's name. */
export function streamTable({
  topic = "",
  table,
}: {
  topic?: string | undefined;
  table?: string | undefined;
}): TableName {
  const parts = (table ?? `lake.streams.${topic.replace(/\W/g, "_")}`).split(".");
  const [last = "", namespace = "", catalog = "lake"] = parts.toReversed();
  return { catalog, namespace, table: last };
}
