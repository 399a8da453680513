import type { TableName } from "../../../../connectors/iceberg/names.ts";
import type { Row, Session } from "../../../../connectors/spark/session.ts";
import type { EndpointFigures, StreamFigures } from "../../../../views/pages/streams/stream-figures.ts";
import { bucketSeconds, fillBuckets } from "./buckets.ts";
import type { SpanOfTime } from "./spans.ts";
import { type Between, boundsOf, countsSql, endpointsOf, newestOf } from "./sql.ts";

const ENDPOINTS = 30;

/** A table's snapshot: when it was written (ISO), of which snapshot of the stream's table it tells, how many rows it has. */
export interface StreamHead {
  id: string;
  at: string;
  source?: string;
  rows: string;
}

/** Figures counted from the stream's own table, at one of its snapshots; undefined where the span has no requests. */
export async function countedFigures(
  session: Session,
  name: TableName,
  { id, at }: StreamHead,
  span: SpanOfTime,
): Promise<StreamFigures | undefined> {
  const between = span.seconds ? await before(session, name, id, span.seconds) : span.between;
  const [bounds] = await session.query(boundsOf(name, id, between));
  const { first, last, requests } = bounds ?? {};
  if (!requests || Number(requests) === 0) return undefined;
  const [from, to] = [Number(first ?? 0), Number(last ?? 0)];
  const bucket = bucketSeconds(to - from);
  const [endpoints, counts] = await Promise.all([
    session.query(endpointsOf(name, id, between, ENDPOINTS)),
    session.query(countsSql(name, id, between, bucket)),
  ]);
  const of = (part: string) => counts.filter(row => row.of === part);
  return {
    requests: Number(requests),
    endpoints: endpoints.map(endpoint).toSorted((a, b) => b.p95 - a.p95),
    countries: of("country").map(country).toSorted(byRequests),
    statuses: of("status").map(status).toSorted(byRequests),
    times: fillBuckets(
      of("time").flatMap(({ slot, requests: count, errors }) =>
        slot === null ? [] : [{ at: Number(slot) * bucket, requests: Number(count), errors: Number(errors ?? 0) }],
      ),
      bucket,
    ),
    ...{ bucket, source: "stream", asOf: { snapshot: id, at } },
  };
}

// The last hour is that of the log: a file of last year that is replayed now has one too.
async function before(session: Session, name: TableName, snapshot: string, seconds: number): Promise<Between> {
  const [row] = await session.query(newestOf(name, snapshot));
  const last = row?.last;
  if (last === null || last === undefined) return {};
  return { from: new Date((Number(last) - seconds) * 1000).toISOString() };
}

function endpoint(row: Row): EndpointFigures {
  const [p50 = 0, p95 = 0, p99 = 0] = ((row.percentiles ?? []) as number[]).map(Number);
  const { endpoint: name, requests, mean, errors } = row;
  return {
    ...{ endpoint: String(name) || "(none)", requests: Number(requests) },
    ...{ mean: Number(mean ?? 0), p50, p95, p99, errors: Number(errors) },
  };
}

/** A row of requests by country, or by class where the country is not known. */
export function country({ country: code, ip_class: ipClass, requests }: Row): StreamFigures["countries"][number] {
  const count = Number(requests);
  return code ? { code: String(code), requests: count } : { ipClass: String(ipClass ?? "unknown"), requests: count };
}

/** A row of requests by status. */
export function status({ status: code, requests }: Row): StreamFigures["statuses"][number] {
  return { ...(code !== null && code !== undefined && { status: Number(code) }), requests: Number(requests) };
}

/** The most requests first. */
export function byRequests(a: { requests: number }, b: { requests: number }): number {
  return b.requests - a.requests;
}
