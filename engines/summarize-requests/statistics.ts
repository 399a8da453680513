/** One table of statistics beside a stream's table: what follows its name, and what is in it, as a SELECT from `of`. */
export interface Statistic {
  ending: string;
  select(of: string): string;
}

/** What is counted of all requests; seconds are response times, percentiles exact, errors the fault of a server. */
export const STATISTICS: readonly Statistic[] = [
  {
    ending: "_by_endpoint",
    select:
      of => `select endpoint, requests, mean, percentiles[0] as p50, percentiles[1] as p95, percentiles[2] as p99, errors
      from (select endpoint, count(*) as requests, avg(seconds) as mean,
        percentile(seconds, array(0.5D, 0.95D, 0.99D)) as percentiles, count_if(status >= 500) as errors
        from ${of} group by endpoint)`,
  },
  {
    ending: "_by_country",
    select: of => `select country, ip_class, count(*) as requests from ${of} group by country, ip_class`,
  },
  { ending: "_by_status", select: of => `select status, count(*) as requests from ${of} group by status` },
  {
    ending: "_by_hour",
    select: of => `select date_trunc('hour', time) as hour, count(*) as requests, count_if(status >= 500) as errors
      from ${of} group by date_trunc('hour', time)`,
  },
];
