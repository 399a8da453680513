import { z } from "zod";
import { figure, instant } from "./shapes.ts";

const seconds = z.number().min(0);

/** A stream as lists have it. */
export const streamShape = z
  .strictObject({
    topic: z.string(),
    table: z.string(),
    job: z.string().describe("The job that runs it, or was the last to."),
    url: z.string().describe("Where its figures are."),
    state: z.string().describe("Running, Waiting, Starting, Stopping, Stopped, Failed, …"),
    running: z.boolean().describe("Whether it runs, or waits to."),
    why: z.string().optional().describe("What it waits for, or why it failed."),
    linesPerSecond: z.number().min(0).optional(),
    lagLines: figure.optional(),
    lagSeconds: seconds.optional(),
    lines: figure.optional(),
    badLines: figure.optional(),
    lastProgressAt: instant.optional(),
  })
  .meta({ id: "Stream" });

/** The streams, and the files that are replayed to their topics. */
export const streamsShape = z.strictObject({
  streams: z.array(streamShape),
  replays: z.array(
    z.strictObject({
      job: z.string(),
      file: z.string(),
      topic: z.string(),
      state: z.string(),
      running: z.boolean(),
      linesPerSecond: z.number().min(0).optional(),
      sent: figure.optional(),
      total: figure.optional(),
    }),
  ),
});

/** What came through a stream in a span of time. */
export const statsShape = z
  .strictObject({
    stream: streamShape,
    pending: z.boolean().describe("Newer figures are being counted: ask again."),
    asOf: z.strictObject({ snapshot: z.string(), at: instant }).optional(),
    source: z
      .enum(["statistics", "stream"])
      .optional()
      .describe("From the statistics tables, or counted from the stream's own."),
    requests: figure.optional().describe("Missing where nothing lies in the span, or nothing is stored yet."),
    endpoints: z
      .array(
        z.strictObject({
          endpoint: z.string(),
          requests: figure,
          errors: figure.describe("Answers of 500 and above."),
          ...{ mean: seconds, p50: seconds, p95: seconds, p99: seconds },
        }),
      )
      .describe("Response times in seconds, the slowest first."),
    countries: z.array(
      z.strictObject({
        country: z.string().optional().describe("ISO 3166-1 alpha-2, by IP Geolocation by DB-IP (CC BY 4.0)."),
        name: z.string().optional(),
        ipClass: z.string().optional().describe("Where the address has no country: private, reserved, …"),
        requests: figure,
      }),
    ),
    statuses: z.array(z.strictObject({ status: z.int().optional(), requests: figure })),
    times: z.array(z.strictObject({ at: instant, requests: figure, errors: figure })),
    stretchSeconds: z.int().optional().describe("How long each of the times is."),
    badLines: figure.optional(),
  })
  .meta({ id: "StreamStats" });
