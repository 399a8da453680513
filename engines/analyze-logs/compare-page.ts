import { setTimeout as pause } from "node:timers/promises";
import { findJob } from "../../files/jobs-on-disk.ts";
import type { JobRecord } from "../../jobs/record.ts";
import { type Compared, type CompareView, comparePage } from "../../views/pages/analysis-compare.ts";
import { type Answer, type Portal, Refusal, type Route, type Visit } from "../page.ts";
import { whyAway } from "./analysis-page.ts";
import { type Difference, differences, knownDifferences } from "./compare.ts";
import { analyzeLogs } from "./parameters.ts";
import { analysisIn, pastOf, titleOf } from "./past.ts";

/** Two analyses beside each other. */
export const compareRoutes: readonly Route[] = [
  { method: "get", path: "/analyses/compare", role: "viewer", answer: show },
];

const PATIENCE = 4_000;
const OFFERED = 50;

async function show({ portal, query, now }: Visit): Promise<Answer> {
  const ticked = query.getAll("of");
  if (ticked.length > 2) throw new Refusal(422, "Two can be compared, not more.", "Tick two of the list.");
  const [a, b] = [query.get("a") || ticked[0], query.get("b") || ticked[1]].map(id =>
    id ? recordOf(portal, id) : undefined,
  );
  const found = a && b ? await differencesOf(portal, a, b) : {};
  const view: CompareView = {
    ...(a && { a: comparedOf(a) }),
    ...(b && { b: comparedOf(b) }),
    here: `/analyses/compare?${new URLSearchParams({ ...(a && { a: a.id }), ...(b && { b: b.id }) })}`,
    offered: portal.index
      .jobs({ type: analyzeLogs.type, status: "succeeded", limit: OFFERED })
      .rows.map(row => pastOf(portal, row))
      .map(({ id, title, at }) => ({ id, title, at })),
    ...found,
    now,
  };
  return { kind: "page", title: "Compare two analyses", body: comparePage(view), here: "/analyses" };
}

function recordOf(portal: Portal, id: string): JobRecord {
  const job = findJob(portal.layout, id);
  if (job?.state === "ended" && analysisIn(job.record)) return job.record;
  throw new Refusal(404, `There is no analysis ${id.slice(0, 100)} with figures.`, "Choose one of the list.");
}

async function differencesOf(
  portal: Portal,
  a: JobRecord,
  b: JobRecord,
): Promise<{ differences?: Difference[]; away?: string }> {
  const asked = differences(portal, a, b).then(
    all => ({ differences: all }),
    (error: unknown) => ({ differences: knownDifferences(a, b), away: whyAway(error) }),
  );
  return await Promise.race([asked, pause(PATIENCE, {})]);
}

function comparedOf(record: JobRecord): Compared {
  const found = analysisIn(record);
  const count = (level: string) => Number(found?.levels[level] ?? 0);
  return {
    ...{ id: record.id, title: titleOf(record.parameters).title, at: record.finishedAt },
    ...{
      lines: Number(found?.lines ?? 0),
      records: Number(found?.records ?? 0),
      notParsed: Number(found?.notParsed ?? 0),
    },
    ...{ errors: count("error") + count("critical"), critical: count("critical"), warnings: count("warn") },
    alerts: found?.alerts.length ?? 0,
    ...(found?.from && { from: found.from }),
    ...(found?.to && { to: found.to }),
  };
}
