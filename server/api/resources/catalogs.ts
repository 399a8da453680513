import { z } from "zod";
import { whyNotHere } from "../../../connectors/catalog-browser/allowed.ts";
import type { Listed, TableDetail } from "../../../connectors/catalog-browser/open.ts";
import { readCatalogs } from "../../../connectors/iceberg/catalogs.ts";
import { nearest } from "../../../core/jobs/parse/problem.ts";
import { HttpError, type Portal } from "../../../engines/portal/page.ts";
import { type ApiRoute, apiRoute } from "../route.ts";
import { figure, instant } from "../shapes.ts";

const count = z.int().min(0);
const aged = { at: instant.describe("When this was true."), pending: z.boolean(), error: z.string().optional() };

/** The catalogs. */
const catalogsShape = z.strictObject({
  catalogs: z.array(
    z.strictObject({
      name: z.string(),
      role: z.enum(["source", "lake", "target"]),
      readable: z.boolean().describe("Whether the portal, which holds no secret, can look into it."),
      why: z.string().optional(),
    }),
  ),
  spark: z.union([
    z.strictObject({ ready: z.literal(true), version: z.string() }),
    z.strictObject({ ready: z.literal(false), why: z.string(), since: instant }),
  ]),
});

/** The namespaces of a catalog. */
const namespacesShape = z.strictObject({ namespaces: z.array(z.string()), ...aged });

const detailShape = z
  .strictObject({
    kind: z.enum(["table", "view", "iceberg"]),
    columns: count,
    rows: figure.optional(),
    bytes: figure.optional(),
    comment: z.string().optional(),
    format: z.string().optional(),
    partitionColumns: z.array(z.string()).optional(),
    partitions: count.optional(),
    changedAt: instant.optional(),
    createdAt: instant.optional(),
    partitioning: z.array(z.string()).optional(),
    formatVersion: count.optional(),
    snapshots: count.optional(),
    lastSnapshot: z.strictObject({ id: z.string(), at: instant, operation: z.string() }).optional(),
    snapshotIds: z.array(z.strictObject({ id: z.string(), at: instant })).optional(),
    current: z.string().optional(),
  })
  .meta({ id: "TableDetail" });

/** The tables of a namespace. */
const tableListShape = z.strictObject({
  tables: z.array(
    z.strictObject({
      name: z.string(),
      pending: z.boolean().optional(),
      at: instant.optional(),
      detail: detailShape.optional(),
      error: z.string().optional(),
    }),
  ),
  ...aged,
});

/** Which tables there are, as Spark knows them. Nothing waits for Spark: `pending` says to ask again. */
export const catalogRoutes: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/catalogs",
    role: "viewer",
    summary: "The catalogs of catalogs.json, and where Spark stands",
    answers: { description: "The catalogs.", shape: catalogsShape },
    answer({ portal }) {
      const catalogs = Object.entries(readCatalogs()).map(([name, { role }]) => {
        const why = whyNotHere(name);
        return { name, role, readable: why === undefined, ...(why && { why }) };
      });
      return { kind: "json", value: { catalogs, spark: portal.metadata.state() } };
    },
  }),
  apiRoute({
    method: "get",
    path: "/api/catalogs/:catalog/namespaces",
    role: "viewer",
    summary: "The namespaces of a catalog; of hive, the databases",
    answers: { description: "Their names.", shape: namespacesShape },
    async answer({ portal, parameters: { catalog = "" } }) {
      const { items, ...known } = await listed(portal, catalog);
      return { kind: "json", value: { namespaces: items, ...known } };
    },
  }),
  apiRoute({
    method: "get",
    path: "/api/catalogs/:catalog/namespaces/:namespace/tables",
    role: "viewer",
    summary: "The tables and views of a namespace",
    query: z.strictObject({
      details: z.literal("1").optional().describe("Also format, size, rows, last change: asked behind, while pending."),
    }),
    answers: { description: "The tables.", shape: tableListShape },
    async answer({ portal, parameters: { catalog = "", namespace = "" } }, { query }) {
      const { items, pending, ...known } = await listed(portal, catalog, namespace);
      const tables = query.details
        ? portal.metadata.details(catalog, namespace, items).map(shape)
        : items.map(name => ({ name }));
      const more = portal.metadata.pending(catalog, namespace) > 0;
      return { kind: "json", value: { tables, ...known, pending: pending || (query.details !== undefined && more) } };
    },
  }),
];

// What can't be known at all is an error; what only is not known yet, or not any more, is said beside what is.
async function listed({ metadata }: Portal, catalog: string, namespace?: string): Promise<Listed<string>> {
  const catalogs = Object.keys(readCatalogs());
  if (!catalogs.includes(catalog)) throw unknown("catalog", catalog, catalogs);
  const why = whyNotHere(catalog);
  if (why) throw new HttpError(409, why, "A job can use it all the same.");
  const found = await (namespace === undefined ? metadata.namespaces(catalog) : metadata.names(catalog, namespace));
  if (!found.error || found.pending || found.items.length > 0) return found;
  const there = namespace === undefined ? [] : (await metadata.namespaces(catalog)).items;
  const isThere = there.some(name => name.toLowerCase() === namespace?.toLowerCase());
  if (namespace !== undefined && there.length > 0 && !isThere) throw unknown("namespace", namespace, there);
  throw new HttpError(502, found.error);
}

function unknown(kind: string, name: string, known: readonly string[]): HttpError {
  const near = nearest(name, known);
  return new HttpError(404, `There is no ${kind} ${name.slice(0, 100)}.`, near && `Did you mean ${near}?`);
}

function shape({ detail, ...known }: TableDetail): object {
  if (!detail) return known;
  const { name: _, of: __, ...rest } = detail;
  return { ...known, detail: { ...rest, hive: undefined } };
}
