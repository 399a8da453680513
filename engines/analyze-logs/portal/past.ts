import type { JobRow } from "../../../core/audit/index/row.ts";
import { readRecord } from "../../../core/audit/records.ts";
import type { LogAnalysis } from "../../../core/jobs/analysis.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { archivedRecord, type Layout } from "../../../core/store/layout.ts";
import { memoized } from "../../../core/system/cache.ts";
import type { PastAnalysis } from "../../../views/pages/analyses/analyses.ts";
import type { Portal } from "../../portal/page.ts";
import { type AnalyzeLogs, analyzeLogs } from "../parameters.ts";

/** What was found of an analysis that has ended; a record never changes, so its few figures are kept. */
export function pastOf({ layout }: Portal, row: JobRow): PastAnalysis {
  return cache(row.id, () => readPast(layout, row));
}

const cache = memoized<PastAnalysis>({ max: 500 });

function readPast(layout: Layout, row: JobRow): PastAnalysis {
  const path = archivedRecord(layout, row.id);
  const record = path ? readRecord(path) : undefined;
  const found = record && analysisIn(record);
  return {
    ...analysisTitle(record?.parameters ?? {}),
    ...{ id: row.id, by: row.submittedBy, state: row.status, at: row.finishedAt },
    ...(row.error && { error: row.error }),
    ...(found && figuresOf(found)),
  };
}

/** What a record has of an analysis; undefined where it came to none. */
export function analysisIn(record: JobRecord): LogAnalysis | undefined {
  return record.tables.find(({ analysis }) => analysis)?.analysis;
}

/** How an analysis is called, and the files that it was asked for. */
export function analysisTitle(parameters: Record<string, unknown>): Pick<PastAnalysis, "title" | "files"> {
  const { files = [] } = parameters as Partial<AnalyzeLogs>;
  const title = analyzeLogs.title(parameters as AnalyzeLogs).replace(/^Analyse (the )?/, "");
  return { title: files.length === 0 ? "Folders of logs" : title, files };
}

/** The newest analysis of the same files that came after this one. */
export function newerThan({ index, layout }: Portal, record: JobRecord): { id: string; at: string } | undefined {
  const files = JSON.stringify(record.parameters.files ?? []);
  const { rows } = index.jobs({
    type: analyzeLogs.type,
    status: "succeeded",
    from: record.finishedAt,
    limit: LOOKED_AT,
  });
  const same = rows.find(({ id }) => {
    if (id <= record.id) return false;
    const path = archivedRecord(layout, id);
    return path && JSON.stringify(readRecord(path)?.parameters.files ?? []) === files;
  });
  return same && { id: same.id, at: same.finishedAt };
}

const LOOKED_AT = 20;

function figuresOf({ lines, levels, notParsed, alerts, warning }: LogAnalysis) {
  return {
    lines: Number(lines),
    errors: Number(levels.error ?? 0) + Number(levels.critical ?? 0),
    notParsed: Number(notParsed),
    alerts: alerts.length,
    ...(warning && { warning }),
  };
}
