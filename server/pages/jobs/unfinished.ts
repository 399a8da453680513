import type { QueuedJob } from "../../../core/store/jobs-on-disk.ts";
import type { RequestContext } from "../../../engines/portal/page.ts";
import type { JobLine } from "../../../views/pages/jobs/jobs.ts";
import type { PortalStatus } from "../../state/portal-status.ts";
import { queuedLine, runningLine } from "./lines.ts";

/** What runs and what waits, as a list shows it: the first lines, and how many there are in all. */
export interface Unfinished {
  lines: JobLine[];
  count: number;
}

const MOST = 200;

/** What runs and waits and fits a filter, which is that of the index for what has ended. */
export function unfinishedJob(portalStatus: PortalStatus, { query, portal }: RequestContext): Unfinished {
  const wanted = query.get("state");
  const running =
    !wanted || wanted === "running" ? portalStatus.running.map(job => runningLine(portal.layout, job)) : [];
  const queued = !wanted || wanted === "queued" ? portalStatus.queued : [];
  const fits = filterOf(query);
  const type = query.get("type");
  const runs = running.filter(
    (line, i) => (!type || portalStatus.running[i]?.claim.type === type) && fits(wordsOf(line), line.by),
  );
  // Thousands may wait: only those that are shown are put into words.
  const waits = queued.filter(
    job => (!type || job.file?.type === type) && fits(wordsOfFile(job), job.file?.submittedBy),
  );
  const unread = isOpen(query) && (!wanted || wanted === "queued") ? portalStatus.waiting - queued.length : 0;
  const lines = [...runs, ...waits.slice(0, MOST).map(queuedLine)];
  return { lines, count: runs.length + waits.length + unread };
}

function filterOf(query: URLSearchParams): (words: string, by: string | undefined) => boolean {
  const wanted = [query.get("text"), query.get("table")].map(text => (text ?? "").toLowerCase());
  const person = query.get("person");
  return (words, by) => wanted.every(text => words.includes(text)) && (!person || by?.startsWith(person) === true);
}

function isOpen(query: URLSearchParams): boolean {
  return ["text", "table", "person", "type"].every(name => !query.get(name));
}

function wordsOf({ id, file, title, detail, by }: JobLine): string {
  return `${id} ${file} ${title} ${detail} ${by}`.toLowerCase();
}

function wordsOfFile({ name, file }: QueuedJob): string {
  return `${name} ${JSON.stringify(file ?? "")}`.toLowerCase();
}
