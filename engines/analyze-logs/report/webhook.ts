import type { Alert } from "../../../core/jobs/analysis.ts";
import { tlsFailureText } from "../../../core/tls/failure.ts";

/** What a webhook is told. `text` is what chat programs show. */
export interface AlertReport {
  job: string;
  title: string;
  records: string;
  errors: string;
  alerts: readonly Alert[];
}

const PATIENCE = 5_000;

/** Tells a webhook; gives a sentence where that did not work. The address is a secret: it stands in no sentence. */
export async function postAlerts(url: string | undefined, report: AlertReport): Promise<string | undefined> {
  if (!url) return "The webhook was not told: write ALERT_WEBHOOK_URL=https://… into .env.";
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ text: textOf(report), ...report }),
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    await answer.body?.cancel();
    return answer.ok ? undefined : `The webhook was told, and answered ${answer.status}: look at ALERT_WEBHOOK_URL.`;
  } catch (error) {
    const { name, cause } = error as Error;
    const why =
      name === "TimeoutError" ? `no answer within ${PATIENCE / 1000} s` : (tlsFailureText(cause) ?? codeOf(cause));
    return `The webhook was not told (${why}): look at ALERT_WEBHOOK_URL.`;
  }
}

function textOf({ title, job, alerts, records, errors }: AlertReport): string {
  const summary = alerts.map(({ message }) => message).join(" ") || `${errors} errors in ${records} records.`;
  return `${title}: ${summary} (${job})`;
}

// Messages of the network repeat the address.
function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "it could not be reached";
}
