import { z } from "zod";
import { HttpError, type RequestContext } from "../../../engines/portal/page.ts";
import { jobErrorOf } from "../../../engines/runner/job-error.ts";
import { replayLines } from "../../../engines/stream-logs/portal/replay-lines.ts";
import { spanIn } from "../../../engines/stream-logs/portal/statistics/spans.ts";
import { streamLines } from "../../../engines/stream-logs/portal/stream-lines.ts";
import { cachedStored, findStream } from "../../../engines/stream-logs/portal/topic-page.ts";
import { countryName } from "../../../views/charts/world-shapes.ts";
import type { StreamFigures } from "../../../views/pages/streams/stream-figures.ts";
import type { StreamLine } from "../../../views/pages/streams/streams.ts";
import { type ApiRoute, apiRoute } from "../route.ts";
import { figure, instant } from "../shapes.ts";

const seconds = z.number().min(0);

/** A stream as lists have it. */
const streamShape = z
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
const streamsShape = z.strictObject({
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
const statsShape = z
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

// A program would rather wait than ask again.
const PATIENCE = 20_000;

/** Streams, and the figures that their dashboards show. They are started as any job, and stopped by its cancel. */
export const streamRoutes: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/streams",
    role: "viewer",
    summary: "Every stream that runs or ran, and the replays",
    answers: { description: "The streams by table, and the replays.", shape: streamsShape },
    answer: ({ portal, now }) => ({
      kind: "json",
      value: { streams: streamLines(portal, now).map(streamOf), replays: replayLines(portal).map(replayOf) },
    }),
  }),
  apiRoute({
    method: "get",
    path: "/api/streams/:topic/stats",
    role: "viewer",
    summary: "Response times, countries, statuses and requests over time of a stream",
    query: z.strictObject({
      span: z
        .enum(["15m", "1h", "24h", "7d"])
        .optional()
        .describe("Before its newest request; all where none is given."),
      from: z.string().optional().describe("A day or a moment; UTC where it has no offset."),
      to: z.string().optional().describe("A day, which is meant whole, or a moment."),
      table: z.string().optional().describe("Which one, where the topic goes into several."),
    }),
    answers: { description: "The figures.", shape: statsShape },
    answer: stats,
  }),
];

async function stats(request: RequestContext) {
  const { stream } = findStream(request);
  const { value, error, isPending } = await cachedStored(request.portal, stream, spanIn(request.query), PATIENCE);
  if (error !== undefined && !value) {
    const { message, hint } = jobErrorOf(error);
    throw new HttpError(503, message, hint);
  }
  const { figures, bad } = value ?? {};
  return {
    kind: "json" as const,
    value: {
      ...{ stream: streamOf(stream), pending: isPending },
      ...(figures ? shape(figures) : { endpoints: [], countries: [], statuses: [], times: [] }),
      ...(bad && { badLines: bad.count }),
    },
  };
}

function shape({ requests, endpoints, countries, statuses, times, bucket, source, asOf }: StreamFigures) {
  const text = <T extends { requests: number }>(one: T) => ({ ...one, requests: String(one.requests) });
  return {
    ...{ asOf, source, requests: String(requests), stretchSeconds: bucket },
    endpoints: endpoints.map(one => ({ ...text(one), errors: String(one.errors) })),
    countries: countries.map(({ code, ipClass, requests: count }) => ({
      ...(code ? { country: code, name: countryName(code) } : { ipClass }),
      requests: String(count),
    })),
    statuses: statuses.map(text),
    times: times.map(one => ({ ...text(one), errors: String(one.errors) })),
  };
}

function streamOf({ topic, table, job, word, isOn, why, rates, again: _, shown: __, href: ___, ...line }: StreamLine) {
  const { isStopping: ____, ...figures } = line;
  return {
    ...{ topic, table, job, state: word, running: isOn },
    url: `/api/streams/${encodeURIComponent(topic)}/stats?table=${encodeURIComponent(table)}`,
    ...(typeof why === "string" && { why }),
    ...(isOn && rates.length > 0 && { linesPerSecond: rates.at(-1) }),
    ...figures,
  };
}

function replayOf({ id, file, topic, word, isOn, rate, sent, total }: ReturnType<typeof replayLines>[number]) {
  return {
    ...{ job: id, file, topic, state: word, running: isOn },
    ...(rate !== undefined && { linesPerSecond: rate }),
    ...(sent !== undefined && { sent: String(sent) }),
    ...(total !== undefined && { total: String(total) }),
  };
}
