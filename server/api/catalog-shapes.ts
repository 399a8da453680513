import { z } from "zod";
import { figure, instant } from "./shapes.ts";

const count = z.int().min(0);
const aged = { at: instant.describe("When this was true."), pending: z.boolean(), error: z.string().optional() };

/** The catalogs. */
export const catalogsShape = z.strictObject({
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
export const namespacesShape = z.strictObject({ namespaces: z.array(z.string()), ...aged });

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
export const tablesShape = z.strictObject({
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
