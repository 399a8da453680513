import { type Analysis, IS_ERROR } from "./analysis.ts";

/** The key figures. */
const totals: Analysis = {
  name: "totals",
  title: "Key figures",
  chart: "none",
  by: {},
  measures: ["records", "errors", "critical", "not_parsed", "first_seen", "last_seen"],
  order: [],
  most: 1,
};

/** The lines of each level in steps of time. */
const linesOverTime: Analysis = {
  name: "lines_over_time",
  title: "Lines over time",
  chart: "histogram",
  by: { time: "at", level: "level" },
  only: "at is not null and level is not null",
  measures: ["count"],
  order: ["time", "level"],
  most: 2000,
};

/** Errors that say the same but for numbers, ids, addresses and paths. */
const errorsByType: Analysis = {
  name: "errors_by_type",
  title: "Errors by type",
  chart: "bars",
  by: { template: "template", level: "level" },
  only: `${IS_ERROR} and template is not null`,
  measures: ["count", "first_seen", "last_seen"],
  order: ["-count", "template"],
  most: "topN",
};

/** The messages of errors that come most often, word by word. */
const topErrors: Analysis = {
  name: "top_errors",
  title: "Top errors",
  chart: "none",
  by: { message: "left(message, 500)", level: "level", service: "service" },
  only: IS_ERROR,
  measures: ["count", "first_seen", "last_seen"],
  order: ["-count", "message"],
  most: "topN",
  apart: true,
};

/** The addresses that have the most errors. */
const errorsPerIp: Analysis = {
  name: "errors_per_ip",
  title: "Errors per IP",
  chart: "bars",
  by: { ip: "ip" },
  only: "ip is not null",
  measures: ["errors", "lines"],
  order: ["-errors", "-lines", "ip"],
  most: "topN",
  apart: true,
};

/** The services that have the most errors. */
const errorsPerService: Analysis = {
  name: "errors_per_service",
  title: "Errors per service",
  chart: "bars",
  by: { service: "service" },
  only: "service is not null",
  measures: ["errors", "lines"],
  order: ["-errors", "-lines", "service"],
  most: "topN",
};

/** Errors of a period against the period before, by type; the row without a template is all of them. */
const errorTrends: Analysis = {
  name: "error_trends",
  title: "Errors against the period before",
  chart: "none",
  by: { template: "template" },
  only: `${IS_ERROR} and template is not null and now + before > 0`,
  measures: ["now", "before", "change"],
  order: ["-rise", "-now", "template"],
  most: "topN",
  total: true,
};

/** Types of trouble, the newest first: a kind of error that was not there before is worth a look. */
const firstAndLastSeen: Analysis = {
  name: "first_and_last_seen",
  title: "First and last seen",
  chart: "none",
  by: { template: "template", level: "level" },
  only: "level in ('warn', 'error', 'critical') and template is not null and at is not null",
  measures: ["first_seen", "last_seen", "count"],
  order: ["-first_seen", "-count", "template"],
  most: "topN",
};

/** How many lines there are of each level, the worst first. */
const errorsBySeverity: Analysis = {
  name: "errors_by_severity",
  title: "Lines by level",
  chart: "bars",
  by: { level: "level" },
  only: "level is not null",
  measures: ["count"],
  order: ["-level"],
  most: 10,
};

/** The hours of the day, UTC. */
const errorsByHour: Analysis = {
  name: "errors_by_hour",
  title: "Errors by hour of the day",
  chart: "bars",
  by: { hour: "hour" },
  only: "hour is not null",
  measures: ["errors", "lines"],
  order: ["hour"],
  most: 24,
};

/** The days, UTC. */
const errorsByDay: Analysis = {
  name: "errors_by_day",
  title: "Errors by day",
  chart: "line",
  by: { day: "day" },
  only: "day is not null",
  measures: ["errors", "lines"],
  order: ["day"],
  most: 5000,
};

/** The hours of the week, UTC; 1 is Monday. */
const heat: Analysis = {
  name: "heat",
  title: "Errors by weekday and hour",
  chart: "heat",
  by: { weekday: "weekday(day) + 1", hour: "hour" },
  only: "hour is not null",
  measures: ["errors", "lines"],
  order: ["weekday", "hour"],
  most: 168,
};

/** All lines by what they say, but for numbers, ids, addresses and paths. */
const linesByType: Analysis = {
  name: "lines_by_type",
  title: "Lines by type",
  chart: "bars",
  by: { template: "template", level: "level" },
  only: "template is not null",
  measures: ["count"],
  order: ["-count", "template"],
  most: "topN",
};

/** The endpoints that are asked for most, those together that differ by an id, their errors, and how many seconds an answer takes. */
const linesPerEndpoint: Analysis = {
  name: "lines_per_endpoint",
  title: "Lines per endpoint",
  chart: "bars",
  by: { endpoint: "endpoint_kind" },
  only: "endpoint_kind is not null",
  measures: ["lines", "errors", "seconds"],
  order: ["-lines", "endpoint"],
  most: "topN",
};

/** The hosts that wrote the most lines, and their errors. */
const linesPerHost: Analysis = {
  name: "lines_per_host",
  title: "Lines per host",
  chart: "bars",
  by: { host: "host" },
  only: "host is not null",
  measures: ["lines", "errors"],
  order: ["-lines", "host"],
  most: "topN",
};

/** The status codes of a web server's answers. */
const linesPerStatus: Analysis = {
  name: "lines_per_status",
  title: "Lines per status",
  chart: "bars",
  by: { status: "status" },
  only: "status is not null",
  measures: ["lines"],
  order: ["status"],
  most: 600,
};

/** Every analysis there is, in the order in which a person sees them. A new one is added here. */
export const analyses: readonly Analysis[] = [
  totals,
  linesOverTime,
  errorsByType,
  topErrors,
  errorsPerIp,
  errorsPerService,
  errorTrends,
  firstAndLastSeen,
  errorsBySeverity,
  errorsByHour,
  errorsByDay,
  heat,
  linesByType,
  linesPerEndpoint,
  linesPerHost,
  linesPerStatus,
];
