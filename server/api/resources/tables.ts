import { z } from "zod";
import { LINEAGE_STATES, type Lineage } from "../../../core/stations/lineage.ts";
import { HttpError, type RequestContext, type RouteResult } from "../../../engines/portal/page.ts";
import { boardCsv } from "../../pages/tables/board.ts";
import { whole } from "../job-query.ts";
import { type ApiRoute, apiRoute } from "../route.ts";
import { figure, incomplete, instant } from "../shapes.ts";

const count = z.int().min(0);
const state = z.enum(LINEAGE_STATES);

const stationShape = z
  .strictObject({
    name: z.string(),
    state,
    words: z.string().describe("The state in words: 3 snapshots behind, never proven."),
    snapshot: z.string().optional(),
    metadataFile: z.string().optional(),
    rows: figure.optional(),
    bytes: figure.optional(),
    at: instant.optional().describe("When a job last wrote it."),
    job: z.string().optional(),
    type: z.string().optional(),
    by: z.string().optional(),
    proof: z
      .strictObject({ level: z.string(), verdict: z.string(), witness: z.string().optional(), job: z.string() })
      .optional(),
    copied: z.string().optional().describe("The snapshot of the station before that was copied."),
    copiedBy: z.string().optional().describe("The newest job that copied the station before to here."),
    behind: count.optional().describe("How many snapshots the station before is ahead, where that is known."),
    seen: instant.optional().describe("When check-drift last looked."),
    failedNext: z
      .strictObject({ job: z.string(), target: z.string() })
      .optional()
      .describe("A copy from here that never arrived."),
  })
  .meta({ id: "Station" });

const lineageShape = z
  .strictObject({
    name: z.string().describe("The first station."),
    last: z.string().describe("The last station: each lineage has another."),
    state,
    words: z.string(),
    seen: instant
      .optional()
      .describe("When the station that was looked at longest ago was; missing where one never was."),
    stations: z.array(stationShape).min(1),
  })
  .meta({ id: "Lineage" });

const filter = {
  state: state.optional(),
  namespace: z.string().max(600).optional().describe("A catalog and namespace on the way: hive.sales."),
  text: z.string().max(200).optional().describe("A part of the name of a station."),
};

const boardShape = z.strictObject({
  tables: z.array(lineageShape),
  counts: z.record(state, count).describe("How many tables of each state match the rest of the filter."),
  next: count.optional().describe("Ask again with from= this for those that follow; missing on the last page."),
  incomplete,
});

/** Where tables stand: the board, the same as a file, and the ways of one table. */
export const tablesApi: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/tables",
    role: "viewer",
    summary: "Where tables stand: each with its stations, and how far it is behind",
    query: z.strictObject({
      ...filter,
      sort: z.enum(["urgency", "name"]).default("urgency"),
      from: whole(0, 10_000_000).default(0),
      limit: whole(1, 1000).default(50),
    }),
    answers: { description: "A page of the board, and its counts.", shape: boardShape },
    answer: ({ portal: { index } }, { query }) => {
      index.refresh();
      const { rows, more } = index.board(query);
      const next = more ? { next: query.from + rows.length } : {};
      const value = { tables: rows, counts: index.boardCounts(query), ...next, incomplete: index.reconciling() };
      return { kind: "json", value };
    },
  }),
  apiRoute({
    method: "get",
    path: "/api/tables.csv",
    role: "viewer",
    summary: "The board as CSV, all of it: a line for each station",
    query: z.strictObject(filter),
    answers: { description: "The file.", type: "text/csv" },
    answer: boardCsv,
  }),
  apiRoute({
    method: "get",
    path: "/api/tables/:table",
    role: "viewer",
    summary: "The ways that lead through a table, by its whole name: lake.sales.orders",
    answers: {
      description: "Its lineages, and the schedules whose jobs read or write it.",
      shape: z.strictObject({
        lineages: z.array(lineageShape),
        schedules: z.array(z.strictObject({ name: z.string(), title: z.string() })),
      }),
    },
    answer: oneTable,
  }),
];

function oneTable({ portal, parameters: { table = "" } }: RequestContext): RouteResult {
  portal.index.refresh();
  const lineages: Lineage[] = portal.index.lineages(table);
  if (lineages.length === 0)
    throw new HttpError(
      404,
      `No job has copied, written or looked at ${table.slice(0, 200)}.`,
      "Names are whole: lake.sales.orders.",
    );
  return { kind: "json", value: { lineages, schedules: portal.schedulesOf(table) } };
}
