import { z } from "zod";
import { cursorOf } from "../../audit/index/open.ts";
import { analyzeLogs } from "../../engines/analyze-logs/parameters.ts";
import { analysisIn, pastOf } from "../../engines/analyze-logs/past.ts";
import { Refusal } from "../../engines/page.ts";
import { readJson } from "../../files/json.ts";
import { archivedRecord } from "../../files/layout.ts";
import { isId } from "../../jobs/id.ts";
import type { JobRecord } from "../../jobs/record.ts";
import { analysisShape, pastShape } from "./analysis-shapes.ts";
import { type ApiRoute, apiRoute } from "./route.ts";
import { incomplete, next } from "./shapes.ts";

/** Analyses of logs that have ended. A new one is a job like others. */
export const analysisRoutes: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/analyses",
    role: "viewer",
    summary: "Analyses of logs that have ended, the newest first",
    query: z.strictObject({
      person: z.string().min(1).optional().describe("Only those of one person."),
      before: z.string().min(1).optional().describe("The `next` of the answer before."),
      limit: z.coerce.number<string>().int().min(1).max(100).default(25),
    }),
    answers: { says: "The analyses.", shape: z.strictObject({ analyses: z.array(pastShape), next, incomplete }) },
    answer({ portal }, { query: { person, before, limit } }) {
      portal.index.refresh();
      const { rows, more } = portal.index.jobs({ types: [analyzeLogs.type], person, before, limit });
      const last = rows.at(-1);
      const analyses = rows.map(row => pastOf(portal, row));
      const older = more && last ? { next: cursorOf(last) } : {};
      return { kind: "json", value: { analyses, ...older, incomplete: portal.index.reconciling() } };
    },
  }),
  apiRoute({
    method: "get",
    path: "/api/analyses/:id",
    role: "viewer",
    summary: "What an analysis of logs found, whole",
    answers: { says: "The analysis.", shape: z.strictObject({ id: z.string(), analysis: analysisShape }) },
    answer({ portal, parameters: { id = "" } }) {
      const path = isId(id) ? archivedRecord(portal.layout, id) : undefined;
      const record = path ? readJson<JobRecord>(path) : undefined;
      const analysis = record && analysisIn(record);
      if (!analysis)
        throw new Refusal(404, `There is no analysis ${id} that has ended.`, "GET /api/analyses lists them.");
      return { kind: "json", value: { id, analysis } };
    },
  }),
];
