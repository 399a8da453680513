import { z } from "zod";
import { streamTable, streamTableShape } from "../../connectors/iceberg/names.ts";
import type { JobType } from "../engine.ts";
import { STATISTICS } from "./statistics.ts";

const shape = z
  .strictObject({
    topic: z.string().min(1).max(249).optional(),
    table: streamTableShape.optional(),
    /** Again and again while the stream runs. */
    everyMinutes: z.number().min(0.1).max(10_080).optional(),
  })
  .refine(
    ({ topic, table }) => topic !== undefined || table !== undefined,
    "expected the table of a stream, or its topic",
  );

/** What a `summarize-requests` job asks for. */
export type SummarizeRequests = z.infer<typeof shape>;

/** Statistics of all requests that a stream has stored. */
export const summarizeRequests: JobType<SummarizeRequests> = {
  type: "summarize-requests",
  // One that goes on while its stream runs has no end of its own either.
  lane: "stream",
  shape,
  title: ({ topic, table }) => `Summarize the requests of ${topic ?? table}`,
  writes: parameters => {
    const { catalog, namespace, table } = streamTable(parameters);
    return STATISTICS.map(({ ending }) => `${catalog}.${namespace}.${table}${ending}`);
  },
};
