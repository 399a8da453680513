import { titleOf } from "../../engines/about.ts";
import { findJob } from "../../files/jobs-on-disk.ts";
import type { Layout } from "../../files/layout.ts";
import type { FollowUp } from "../../jobs/envelope.ts";
import { followUpId } from "../../jobs/id.ts";
import type { Shown } from "../../views/state.ts";

/** One job of a chain. `id` is missing where it does not exist yet; times are milliseconds since the epoch. */
export interface Link {
  id?: string;
  title: string;
  state?: Shown;
  submitted?: number;
  from?: number;
  to?: number;
  /** Why there is none, or when there will be one. */
  words?: string;
}

const LONGEST = 32;

/** The whole chain that a job belongs to, from its first job to what is still to come. */
export function chainOf(layout: Layout, id: string, now = Date.now()): Link[] {
  const links: Link[] = [];
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
export function rootOf(id: string): string {
  return id.replace(/(-1)+$/, "");
}

const WORDS: Readonly<Record<string, string>> = {
  "migrate-iceberg": "Migrate to Azure",
  "register-snowflake": "Register on Snowflake",
  "export-audit": "Export the audit",
};

type Found = NonNullable<ReturnType<typeof findJob>>;

function linkOf(found: Found, id: string, now: number): { link: Link; then: readonly FollowUp[] } {
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
