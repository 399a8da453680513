import { bars } from "../charts/bars.ts";
import { perDay } from "../charts/days.ts";
import { gantt } from "../charts/gantt.ts";
import { heat } from "../charts/heat.ts";
import { histogram } from "../charts/histogram.ts";
import { latencyBar } from "../charts/latency.ts";
import { lineChart, sparkline } from "../charts/line.ts";
import { ranked } from "../charts/ranked.ts";
import { shares } from "../charts/shares.ts";
import { worldMap } from "../charts/world.ts";
import type { View } from "../html.ts";

const HOURS = Array.from({ length: 24 }, (_, i) => ({
  label: `${i}:00`,
  value: (i * 7) % 23,
  bad: i % 9 === 0 ? 2 : 0,
}));

const DAY = Date.UTC(2026, 10, 23);
const BUCKETS = HOURS.map(({ label, value, bad }, i) => ({
  ...{ at: DAY + i * 3_600_000, label: `2026-11-23 ${label}` },
  counts: { info: value * 10, warn: i % 5, error: bad, critical: i === 18 ? 1 : 0 },
}));

/** A piece of the pages with every state that it can be in, drawn by the same functions as the pages. */
export interface DrawnPattern {
  name: string;
  states: Readonly<Record<string, () => View>>;
}

/** Charts in every state. */
export const CHARTS: readonly DrawnPattern[] = [
  {
    name: "per day",
    states: {
      days: () =>
        perDay(
          [
            { day: "2026-11-02", jobs: 12, failed: 1, bytes: "48200000000" },
            { day: "2026-11-05", jobs: 31, failed: 0, bytes: "212000000000" },
          ],
          "2026-11-01",
          "2026-11-30",
        ),
      nothing: () => perDay([], "2026-11-01", "2026-11-30"),
    },
  },
  {
    name: "bars",
    states: {
      some: () => bars("Jobs per hour", HOURS),
      none: () =>
        bars(
          "Jobs per hour",
          HOURS.map(hour => ({ label: hour.label, value: 0 })),
        ),
    },
  },
  {
    name: "line",
    states: {
      some: () =>
        lineChart(
          "Errors over time",
          "errors",
          BUCKETS.map(({ at, label, counts }) => ({ at, label, value: counts.error })),
          DAY + 86_400_000,
        ),
    },
  },
  {
    name: "histogram",
    states: { some: () => histogram("Lines by level", BUCKETS, DAY + 86_400_000) },
  },
  {
    name: "heat",
    states: {
      some: () =>
        heat(
          "Errors in the week",
          "errors",
          [1, 5, 9].map(hour => ({ weekday: 2, hour, value: hour ** 2 })),
        ),
      none: () => heat("Errors in the next week", "errors", []),
    },
  },
  {
    name: "ranked",
    states: {
      some: () =>
        ranked(
          "Errors per service",
          [
            { label: "orders", value: 1017, href: "/patterns" },
            { label: "bills", value: 12 },
          ],
          "",
        ),
      none: () => ranked("Errors per host", [], "No error names a host."),
    },
  },
  {
    name: "sparkline",
    states: {
      some: () => sparkline("Seconds", [3, 5, 4, 8, 6, 7]),
      flat: () => sparkline("Seconds", [2, 2, 2]),
      none: () => sparkline("Seconds", []),
    },
  },
  {
    name: "gantt",
    states: {
      chain: () =>
        gantt("A chain", [
          { label: "Ingest", from: 1000, to: 61_000, waitFrom: 0, look: "good" },
          { label: "Migrate", from: 62_000, to: 142_000, waitFrom: 61_000, look: "run" },
          { label: "Register", from: 143_000, to: 150_000, waitFrom: 142_000, look: "bad", href: "/patterns" },
        ]),
    },
  },
  {
    name: "latency",
    states: {
      slow: () => latencyBar("/checkout", { p50: 0.41, p95: 1.3, p99: 2.2 }, 2.2),
      quick: () => latencyBar("/health", { p50: 0.002, p95: 0.002, p99: 0.003 }, 2.2),
    },
  },
  {
    name: "shares",
    states: {
      some: () =>
        shares("Status", [
          { label: "2xx", count: 14_000, look: "good" },
          { label: "3xx", count: 1500, look: "run" },
          { label: "4xx", count: 459, look: "wait" },
          { label: "5xx", count: 1, look: "bad" },
        ]),
      none: () => shares("No status", []),
    },
  },
  {
    name: "world",
    states: {
      some: () =>
        worldMap(
          "Requests by country",
          ["US", "DE", "FR", "JP", "BR", "KE", "SG", "AU"].map((code, i) => ({ code, count: 9000 >> i })),
          "request",
        ),
      one: () => worldMap("Requests by one country", [{ code: "NZ", count: 7 }], "request"),
      none: () => worldMap("Requests by no country", [], "request"),
    },
  },
];
