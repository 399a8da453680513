import { z } from "zod";
import { type Portal, Refusal } from "../../engines/page.ts";
import { nearest } from "../../jobs/problem.ts";
import { readCatalogs } from "../../tables/catalogs.ts";
import { whyNotHere } from "../../tables/metadata/allowed.ts";
import type { Known, Listed } from "../../tables/metadata/open.ts";
import { catalogsShape, namespacesShape, tablesShape } from "./catalog-shapes.ts";
import { type ApiRoute, apiRoute } from "./route.ts";

/** Which tables there are, as Spark knows them. Nothing waits for Spark: `pending` says to ask again. */
export const catalogRoutes: readonly ApiRoute[] = [
  apiRoute({
    method: "get",
    path: "/api/catalogs",
    role: "viewer",
    summary: "The catalogs of catalogs.json, and where Spark stands",
    answers: { says: "The catalogs.", shape: catalogsShape },
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
    answers: { says: "Their names.", shape: namespacesShape },
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
    answers: { says: "The tables.", shape: tablesShape },
    async answer({ portal, parameters: { catalog = "", namespace = "" } }, { query }) {
      const { items, pending, ...known } = await listed(portal, catalog, namespace);
      const tables = query.details
        ? portal.metadata.details(catalog, namespace, items).map(told)
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
  if (why) throw new Refusal(409, why, "A job can use it all the same.");
  const found = await (namespace === undefined ? metadata.namespaces(catalog) : metadata.names(catalog, namespace));
  if (!found.error || found.pending || found.items.length > 0) return found;
  const there = namespace === undefined ? [] : (await metadata.namespaces(catalog)).items;
  const isThere = there.some(name => name.toLowerCase() === namespace?.toLowerCase());
  if (namespace !== undefined && there.length > 0 && !isThere) throw unknown("namespace", namespace, there);
  throw new Refusal(502, found.error);
}

function unknown(kind: string, name: string, known: readonly string[]): Refusal {
  const near = nearest(name, known);
  return new Refusal(404, `There is no ${kind} ${name.slice(0, 100)}.`, near && `Did you mean ${near}?`);
}

function told({ detail, ...known }: Known): object {
  if (!detail) return known;
  const { name: _, of: __, ...rest } = detail;
  return { ...known, detail: { ...rest, hive: undefined } };
}
