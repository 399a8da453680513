import { z } from "zod";
import { cursorOf } from "../../../core/audit/index/open.ts";
import { readRecord } from "../../../core/audit/records.ts";
import { analysisShape } from "../../../core/jobs/analysis.ts";
import { isId } from "../../../core/jobs/id.ts";
import { STATES } from "../../../core/jobs/states.ts";
import { archivedRecord } from "../../../core/store/layout.ts";
import { analyzeLogs } from "../../../engines/analyze-logs/parameters.ts";
import { compareAnalyses } from "../../../engines/analyze-logs/portal/compare-page.ts";
import { analysisIn, pastOf } from "../../../engines/analyze-logs/portal/past.ts";
import { HttpError } from "../../../engines/portal/page.ts";
import { type ApiRoute, apiRoute } from "../route.ts";
import { incomplete, instant, next } from "../shapes.ts";

/** An analysis that has ended, as a list has it. */
const pastShape = z
  .strictObject({
    id: z.string(),
    title: z.string(),
    files: z.array(z.string()).describe("What was asked for; empty where it was the folders of analyses.json."),
    by: z.string(),
    state: z.enum(STATES),
    at: instant.describe("When it ended."),
    lines: z.int().optional().describe("Missing where it came to nothing."),
    errors: z.int().optional(),
    notParsed: z.int().optional(),
    alerts: z.int().optional(),
    warning: z.string().optional(),
    error: z.string().optional(),
  })
  .meta({ id: "PastAnalysis" });

const count = z.int().min(0);

const comparedShape = z.strictObject({
  ...{ id: z.string(), title: z.string(), at: instant.describe("When it ended.") },
  ...{ lines: count, records: count, notParsed: count, errors: count, critical: count, warnings: count, alerts: count },
  ...{ from: instant.optional(), to: instant.optional() },
});

const comparisonShape = z
  .strictObject({
    a: comparedShape,
    b: comparedShape,
    differences: z
      .array(z.strictObject({ template: z.string(), level: z.string().nullable(), a: count, b: count }))
      .optional()
      .describe("How often a kind of line is in each. Missing while Spark counts: ask again."),
    unavailable: z
      .string()
      .optional()
      .describe("Why Spark could not be asked; then the differences are those of the most frequent types of errors."),
  })
  .meta({ id: "AnalysisComparison" });

/** Analyses of logs that have ended. A new one is a job like others. */
export const analysisApi: readonly ApiRoute[] = [
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
    answers: {
      description: "The analyses.",
      shape: z.strictObject({ analyses: z.array(pastShape), next, incomplete }),
    },
    answer({ portal }, { query: { person, before, limit } }) {
      portal.index.refresh();
      const { rows, more } = portal.index.jobs({ type: analyzeLogs.type, person, before, limit });
      const last = rows.at(-1);
      const analyses = rows.map(row => pastOf(portal, row));
      const older = more && last ? { next: cursorOf(last) } : {};
      return { kind: "json", value: { analyses, ...older, incomplete: portal.index.reconciling() } };
    },
  }),
  apiRoute({
    ...{ method: "get", path: "/api/analyses/compare", role: "viewer", summary: "Two analyses beside each other" },
    query: z.strictObject({ a: z.string().min(1), b: z.string().min(1) }),
    answers: { description: "The figures of both, and the kinds of lines that differ most.", shape: comparisonShape },
    async answer({ portal }, { query: { a, b } }) {
      return { kind: "json", value: await compareAnalyses(portal, a, b) };
    },
  }),
  apiRoute({
    method: "get",
    path: "/api/analyses/:id",
    role: "viewer",
    summary: "What an analysis of logs found, whole",
    answers: { description: "The analysis.", shape: z.strictObject({ id: z.string(), analysis: analysisShape }) },
    answer({ portal, parameters: { id = "" } }) {
      const path = isId(id) ? archivedRecord(portal.layout, id) : undefined;
      const record = path ? readRecord(path) : undefined;
      const analysis = record && analysisIn(record);
      if (!analysis)
        throw new HttpError(404, `There is no analysis ${id} that has ended.`, "GET /api/analyses lists them.");
      return { kind: "json", value: { id, analysis } };
    },
  }),
];
