import { quote, sparkLiteral, sqlName, type TableName } from "../../../../connectors/iceberg/names.ts";

/** The tables beside a stream's table, by what follows its name. */
export const COMPANION_ENDINGS = ["_bad", "_by_endpoint", "_by_country", "_by_status", "_by_hour"] as const;

/** Requests from a moment on, to before another one; both ISO in UTC. */
export interface Between {
  from?: string;
  to?: string;
}

/** The table beside a stream's table. */
export function companionTable(name: TableName, ending: string): TableName {
  return { ...name, table: `${name.table}${ending}` };
}

/** Which of these tables are there. */
export function namesThere({ catalog, namespace, table }: TableName): string {
  return `show tables in ${quote(catalog)}.${quote(namespace)} like ${sparkLiteral(`${table}*`)}`;
}

/** For each table the snapshot that is current, when it was written (milliseconds), of what, and how many rows it has. */
export function headsOf(tables: readonly TableName[]): string {
  const one = (name: TableName) => `select ${sparkLiteral(name.table)} as table, cast(s.snapshot_id as string) as id,
    cast(unix_millis(s.committed_at) as string) as at, s.summary['portal.source-snapshot'] as source,
    s.summary['total-records'] as rows
    from ${sqlName(name)}.snapshots s join ${sqlName(name)}.refs r on r.snapshot_id = s.snapshot_id and r.name = 'main'`;
  return tables.map(one).join("\nunion all\n");
}

/** The first and the last time of requests and their number; times that lie far ahead are a clock's mistake. */
export function boundsOf(name: TableName, snapshot: string, between: Between): string {
  return `select unix_seconds(min(time)) as first, unix_seconds(max(time)) as last, count(*) as requests
    from ${requests(name, snapshot, between)}`;
}

/** The newest time of all requests. */
export function newestOf(name: TableName, snapshot: string): string {
  return `select unix_seconds(max(time)) as last from ${sqlName(name)} version as of ${snapshot} where ${SOBER}`;
}

/** How long each endpoint took, those with the most requests. */
export function endpointsOf(name: TableName, snapshot: string, between: Between, most: number): string {
  return `select coalesce(endpoint, '') as endpoint, count(*) as requests, avg(seconds) as mean,
    percentile_approx(seconds, array(0.5D, 0.95D, 0.99D), 10000) as percentiles,
    count_if(status >= 500) as errors
    from ${requests(name, snapshot, between)} group by endpoint order by requests desc limit ${most}`;
}

/** Requests by country, by status, and by stretches of time (its number since 1970): one look at the table for all three. */
export function countsSql(name: TableName, snapshot: string, between: Between, bucket: number): string {
  return `select case when grouping(status) = 0 then 'status' when grouping(slot) = 0 then 'time' else 'country' end as of,
    country, ip_class, status, slot, count(*) as requests, sum(failed) as errors
    from (select country, ip_class, status, cast(status >= 500 as int) as failed,
      floor(unix_seconds(time) / ${bucket}) as slot from ${requests(name, snapshot, between)})
    group by grouping sets ((country, ip_class), (status), (slot))`;
}

/** The last lines that could not be read. */
export function badLinesOf(name: TableName, snapshot: string, most: number): string {
  return `select date_format(kafka_time, "yyyy-MM-dd'T'HH:mm:ss'Z'") as at, left(raw, 2000) as raw
    from ${sqlName(companionTable(name, "_bad"))} version as of ${snapshot} order by kafka_time desc, offset desc limit ${most}`;
}

const SOBER = "time < current_timestamp() + interval 1 day";

function requests(name: TableName, snapshot: string, { from, to }: Between): string {
  const where = [
    SOBER,
    ...(from ? [`time >= timestamp ${sparkLiteral(from)}`] : []),
    ...(to ? [`time < timestamp ${sparkLiteral(to)}`] : []),
  ];
  // Without a time a request is still one, but in no span.
  const condition = from || to ? where.join(" and ") : `(time is null or ${SOBER})`;
  return `(select * from ${sqlName(name)} version as of ${snapshot} where ${condition})`;
}
