import type { FollowUp } from "../../../core/jobs/envelope.ts";
import { followUpId } from "../../../core/jobs/id.ts";
import { findJob } from "../../../core/store/jobs-on-disk.ts";
import type { Layout } from "../../../core/store/layout.ts";
import { titleOf } from "../../../engines/runner/about.ts";
import type { ShownState } from "../../../views/format/state.ts";

/** One job of a chain. `id` is missing where it does not exist yet; times are milliseconds since the epoch. */
export interface FollowUpLink {
  id?: string;
  title: string;
  state?: ShownState;
  submitted?: number;
  from?: number;
  to?: number;
  /** Why there is none, or when there will be one. */
  words?: string;
}

const LONGEST = 32;

/** The whole chain that a job belongs to, from its first job to what is still to come. */
export function followUpsOf(layout: Layout, id: string, now = Date.now()): FollowUpLink[] {
  const links: FollowUpLink[] = [];
  let rest: readonly FollowUp[] = [];
  for (let next = rootOf(id); links.length < LONGEST; next = followUpId(next)) {
    const found = findJob(layout, next);
    if (!found) break;
    const link = linkOf(found, next, now);
    links.push(link.link);
    rest = link.then;
  }
  const ended = links.at(-1)?.state;
  const words = ended === "queued" || ended === "running" ? "when tables have succeeded" : "not made";
  return [...links, ...rest.map(({ type }) => ({ title: WORDS[type] ?? type, words }))];
}

/** The first job of a chain: an id grows by `-1` with each follow-up. */
function rootOf(id: string): string {
  return id.replace(/(-1)+$/, "");
}

const WORDS: Readonly<Record<string, string>> = {
  "migrate-iceberg": "Migrate to Azure",
  "register-snowflake": "Register on Snowflake",
  "export-audit": "Export the audit",
};

type Found = NonNullable<ReturnType<typeof findJob>>;

function linkOf(found: Found, id: string, now: number): { link: FollowUpLink; then: readonly FollowUp[] } {
  if (found.state === "ended") {
    const { type, parameters, status, submittedAt, startedAt, finishedAt, then = [], followUps } = found.record;
    const [submitted, from, to] = [submittedAt, startedAt, finishedAt].map(Date.parse) as [number, number, number];
    const link = { id, title: titleOf(type, parameters), state: status, submitted, from, to };
    return { link, then: followUps.length > 0 ? [] : (then as FollowUp[]) };
  }
  const { file } = found;
  const link = { id, title: titleOf(file?.type, file?.parameters), state: found.state };
  const then = file?.then ?? [];
  if (found.state === "queued") return { link, then };
  const { origin, claimedAt } = found.claim;
  return { link: { ...link, submitted: Date.parse(origin.submittedAt), from: Date.parse(claimedAt), to: now }, then };
}
