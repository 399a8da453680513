import { mkdirSync, readFileSync } from "node:fs";
import type { Alert } from "../../../core/jobs/analysis.ts";
import { alertsFile, reportsFolder } from "../../../core/store/data-files.ts";
import { appendText } from "../../../core/system/ndjson.ts";
import { counted, group } from "../../../views/format/figures.ts";
import type { Thresholds } from "./thresholds.ts";

/** How many lines there were: those understood, those of level error or critical, and those of level critical. */
export interface AlertCounts {
  parsed: number;
  errors: number;
  critical: number;
}

/** Every figure that is above its threshold. */
export function raisedAlerts({ parsed, errors, critical }: AlertCounts, thresholds: Thresholds, at: string): Alert[] {
  const rate = parsed === 0 ? 0 : (errors * 100) / parsed;
  const all: Omit<Alert, "threshold" | "at">[] = [
    { name: "errorRate", value: rate, message: `The error rate is ${percent(rate)}` },
    { name: "errors", value: errors, message: `There ${be(errors)} ${counted(errors, "error")}` },
    { name: "critical", value: critical, message: `There ${be(critical)} ${counted(critical, "critical line")}` },
  ];
  return all
    .map(alert => ({ ...alert, threshold: thresholds[alert.name], at }))
    .filter(({ value, threshold }) => value > threshold)
    .map(({ message, ...alert }) => {
      const threshold = alert.name === "errorRate" ? percent(alert.threshold) : group(alert.threshold);
      return { ...alert, message: `${message}, more than ${threshold}.` };
    });
}

/** Appends alerts to reports/alerts.log, once for each job: an attempt that is run again does not tell them twice. */
export function logAlerts(dataDir: string, job: string, alerts: readonly Alert[]): void {
  if (alerts.length === 0) return;
  mkdirSync(reportsFolder(dataDir), { recursive: true, mode: 0o700 });
  const file = alertsFile(dataDir);
  const text = textOf(file);
  const fresh = alerts.filter(({ name }) => !text.includes(` ${job} ${name} `));
  if (fresh.length === 0) return;
  appendText(file, fresh.map(({ at, name, message }) => `${at} ALERT ${job} ${name} ${message}\n`).join(""));
}

function be(count: number): string {
  return count === 1 ? "is" : "are";
}

function percent(value: number): string {
  // What is above its threshold must not look equal to it.
  return `${Number(value.toFixed(2))} %`;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}
