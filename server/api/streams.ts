import { z } from "zod";
import { Refusal, type Visit } from "../../engines/page.ts";
import { sentence } from "../../engines/sentence.ts";
import { replayLines } from "../../engines/stream-logs/replay-lines.ts";
import { spanIn } from "../../engines/stream-logs/spans.ts";
import { streamLines } from "../../engines/stream-logs/stream-lines.ts";
import { findStream, storedLately } from "../../engines/stream-logs/topic-page.ts";
import { countryName } from "../../views/charts/world-shapes.ts";
import type { StreamFigures } from "../../views/pages/stream-figures.ts";
import type { StreamLine } from "../../views/pages/streams.ts";
import { type ApiRoute, apiRoute } from "./route.ts";
import { statsShape, streamsShape } from "./stream-shapes.ts";

// A program would rather wait than ask again.
const PATIENCE = 20_000;

/** Streams, and the figures that their dashboards show. They are started as any job, and stopped by its cancel. */
export const streamRoutes: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/streams",
    role: "viewer",
    summary: "Every stream that runs or ran, and the replays",
    answers: { says: "The streams by table, and the replays.", shape: streamsShape },
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
    answers: { says: "The figures.", shape: statsShape },
    answer: stats,
  }),
];

async function stats(visit: Visit) {
  const { stream } = findStream(visit);
  const { value, error, isPending } = await storedLately(visit.portal, stream, spanIn(visit.query), PATIENCE);
  if (error !== undefined && !value) {
    const { message, hint } = sentence(error);
    throw new Refusal(503, message, hint);
  }
  const { figures, bad } = value ?? {};
  return {
    kind: "json" as const,
    value: {
      ...{ stream: streamOf(stream), pending: isPending },
      ...(figures ? told(figures) : { endpoints: [], countries: [], statuses: [], times: [] }),
      ...(bad && { badLines: bad.count }),
    },
  };
}

function told({ requests, endpoints, countries, statuses, times, stretch, source, asOf }: StreamFigures) {
  const text = <T extends { requests: number }>(one: T) => ({ ...one, requests: String(one.requests) });
  return {
    ...{ asOf, source, requests: String(requests), stretchSeconds: stretch },
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
