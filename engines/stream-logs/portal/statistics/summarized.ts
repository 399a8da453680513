import { sqlName, type TableName } from "../../../../connectors/iceberg/names.ts";
import type { Row, Session } from "../../../../connectors/spark/session.ts";
import type { EndpointFigures, StreamFigures } from "../../../../views/pages/streams/stream-figures.ts";
import { bucketSeconds, fillBuckets } from "./buckets.ts";
import { byRequests, country, type StreamHead, status } from "./counted.ts";
import { companionTable } from "./sql.ts";

const HOUR = 3600;

/** Figures of all time, from the statistics tables beside a stream's table. */
export async function summarized(
  session: Session,
  name: TableName,
  heads: ReadonlyMap<string, StreamHead>,
): Promise<StreamFigures | undefined> {
  const read = (ending: string) => {
    const table = companionTable(name, ending);
    return session.query(`select * from ${sqlName(table)} version as of ${heads.get(table.table)?.id}`);
  };
  const [endpoints, countries, statuses, hours] = await Promise.all(
    ["_by_endpoint", "_by_country", "_by_status", "_by_hour"].map(read),
  );
  const head = heads.get(`${name.table}_by_endpoint`);
  const found = (statuses ?? []).map(status).toSorted(byRequests);
  const requests = found.reduce((sum, one) => sum + one.requests, 0);
  if (requests === 0 || !head) return undefined;
  const times = (hours ?? []).flatMap(hourOf);
  const bucket = Math.max(HOUR, bucketSeconds(spread(times.map(({ at }) => at))));
  return {
    requests,
    endpoints: (endpoints ?? []).map(endpoint).toSorted((a, b) => b.p95 - a.p95),
    countries: (countries ?? []).map(country).toSorted(byRequests),
    statuses: found,
    times: fillBuckets(times, bucket),
    ...{ bucket, source: "statistics", asOf: { snapshot: head.source ?? head.id, at: head.at } },
  };
}

function endpoint({ endpoint: name, requests, mean, p50, p95, p99, errors }: Row): EndpointFigures {
  const [of, atMost, rarely, around] = [p50, p95, p99, mean].map(seconds => Number(seconds ?? 0)) as [
    number,
    number,
    number,
    number,
  ];
  return {
    ...{ endpoint: String(name ?? "") || "(none)", requests: Number(requests), errors: Number(errors ?? 0) },
    ...{ mean: around, p50: of, p95: atMost, p99: rarely },
  };
}

function hourOf({ hour, requests, errors }: Row) {
  const at = Date.parse(String(hour ?? ""));
  return Number.isNaN(at) ? [] : [{ at: at / 1000, requests: Number(requests), errors: Number(errors ?? 0) }];
}

function spread(times: readonly number[]): number {
  return times.length === 0 ? 0 : Math.max(...times) - Math.min(...times);
}
