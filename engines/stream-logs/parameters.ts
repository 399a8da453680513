import { z } from "zod";
import { streamTable, streamTableShape, type TableName, tableNameOf } from "../../connectors/iceberg/names.ts";
import { provenTables } from "../../core/jobs/followups.ts";
import type { JobType } from "../engine.ts";

const shape = z.strictObject({
  topic: z
    .string()
    .regex(/^[A-Za-z0-9._-]{1,249}$/, "expected the name of a Kafka topic: letters, digits, dots, dashes, underscores")
    .refine(name => name !== "." && name !== "..", "expected the name of a Kafka topic"),
  /** How its lines are written; a name of formats/logs/list.ts. */
  format: z.string().min(1).max(100).default("access"),
  table: streamTableShape.optional(),
  /** Seconds from one batch to the next. */
  trigger: z.number().min(1).max(3600).default(3),
  /** Where a stream begins that has no checkpoint yet. */
  startingOffsets: z.enum(["earliest", "latest"]).default("earliest"),
});

/** What a `stream-logs` job asks for. */
export type StreamLogs = z.infer<typeof shape>;

/** The table that a stream writes; without one of its own it has the topic's name. */
export function streamTarget({ topic, table }: Pick<StreamLogs, "topic" | "table">): TableName {
  return streamTable({ topic, table });
}

/** The table of the lines that do not have the format. */
export function badTableOf(table: TableName): TableName {
  return { ...table, table: `${table.table}_bad` };
}

/** The log lines of a Kafka topic into a table, until somebody stops it. */
export const streamLogs: JobType<StreamLogs> = {
  type: "stream-logs",
  lane: "stream",
  itemNoun: ["stream", "streams"],
  // It runs for months: an engine that is killed is no reason to end it.
  maxAttempts: 20,
  shape,
  title: ({ topic }) => `Follow the topic ${topic}`,
  writes: parameters => {
    const { catalog, namespace, table } = streamTarget(parameters);
    return [table, `${table}_bad`].map(one => `${catalog}.${namespace}.${one}`);
  },
  followUpParameters: (parameters, outcomes) => {
    const { catalog, namespace } = streamTarget(parameters);
    const table = tableNameOf(streamTarget(parameters));
    return { namespace, tables: provenTables(outcomes), from: catalog, table };
  },
};
