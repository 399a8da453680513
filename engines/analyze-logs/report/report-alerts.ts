import type { Session } from "../../../connectors/spark/session.ts";
import type { LogAnalysis } from "../../../core/jobs/analysis.ts";
import { counted, group } from "../../../views/format/figures.ts";
import type { StepContext } from "../../engine.ts";
import { jobErrorOf } from "../../runner/job-error.ts";
import type { AnalysesConfig } from "../config.ts";
import { errorsIn, type FoundFigures } from "../figures.ts";
import type { AnalyzeLogs } from "../parameters.ts";
import { reportPage } from "../portal/report-page.ts";
import { logAlerts, raisedAlerts } from "./alerts.ts";
import { ANALYSIS_REPORTS, writeAnalysisReports } from "./reports.ts";
import { dropOld } from "./retention.ts";
import { thresholdsOf } from "./thresholds.ts";
import { postAlerts } from "./webhook.ts";

/** Raises the alerts, writes the reports, tells the webhook where it is asked to, and clears what is old. */
export async function reportAlerts(
  session: Session,
  title: string,
  { width, ...found }: FoundFigures,
  config: AnalysesConfig,
  { job, settings, emit }: StepContext<AnalyzeLogs>,
): Promise<{ analysis: LogAnalysis; notes: string[] }> {
  const { id, submittedBy: by, parameters } = job;
  const at = new Date().toISOString();
  const { records, notParsed, levels } = found;
  const { errors, critical } = errorsIn(levels);
  const thresholds = thresholdsOf(config.thresholds, parameters.thresholds);
  const alerts = raisedAlerts({ parsed: Number(records) - Number(notParsed), errors, critical }, thresholds, at);
  for (const { message } of alerts) emit({ event: "note", message: `alert: ${message}` });
  logAlerts(settings.DATA_DIR, id, alerts);
  const analysis: LogAnalysis = { ...found, thresholds, alerts, reports: [...ANALYSIS_REPORTS] };
  writeAnalysisReports(settings.DATA_DIR, id, analysis, reportPage({ id, title, by, at, width }, analysis));
  const isPosted = parameters.webhook || (config.webhookOnAlert && alerts.length > 0);
  const report = { job: id, title, records, errors: String(errors), alerts };
  const unheard = isPosted ? await postAlerts(settings.ALERT_WEBHOOK_URL, report) : undefined;
  const notes = [
    `${group(found.lines)} lines, ${group(records)} records, ${group(errors)} errors, ${group(notParsed)} unparsed`,
    ...(found.warning ? [found.warning] : []),
    ...alerts.map(({ message }) => message),
    ...(unheard ? [unheard] : []),
    ...(await clearOld(session, config.keepDays)),
    ...memoryNote(config, settings.SPARK_REMOTE !== undefined),
  ];
  return { analysis, notes };
}

// Nobody's analysis fails because an old one can't be cleared.
async function clearOld(session: Session, keepDays: number): Promise<string[]> {
  try {
    const dropped = await dropOld(session, keepDays, Date.now());
    if (dropped.length === 0) return [];
    return [
      `the lines of ${counted(dropped.length, "analysis", "analyses")} older than ${counted(keepDays, "day")} were dropped`,
    ];
  } catch (error) {
    return [`old analyses could not be cleared: ${jobErrorOf(error).message}`];
  }
}

function memoryNote({ sparkMemory }: AnalysesConfig, elsewhere: boolean): string[] {
  if (!sparkMemory || !elsewhere) return [];
  return ["sparkMemory in analyses.json does not apply: SPARK_REMOTE names a Spark that is started elsewhere"];
}
