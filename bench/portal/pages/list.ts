import { cursorOf, openIndex, tableCursorOf } from "../../../core/audit/index/open.ts";
import type { Layout } from "../../../core/store/layout.ts";

/** The pages that 20 people ask for at once. */
export const CROWDED = [
  "/jobs",
  "/jobs?state=failed",
  "/jobs?text=orders_2005&when=all",
  "/audit",
  "/audit?from=&to=",
  "/audit?state=failed&person=grace",
  "/audit?text=ticket+4711&from=&to=",
  "/audit?view=tables",
  "/audit?view=tables&table=hive.sales",
];

// Filters that the list of jobs, the audit and the API have in common.
const FILTERS = [
  ...["", "state=failed", "state=cancelled", "type=ingest-hive", "type=export-audit", "type=undo-job", "person=björn"],
  ...["person=björn&type=export-audit", "person=björn&type=ingest-hive&state=failed", "person=nobody"],
  ...["table=hive.sales.orders_2005", "table=hive.sales.orders", "table=sales", "table=nowhere"],
  ...["text=orders_2005", "text=ticket+4711", "text=sales", "text=sales&person=björn", "text=nowhere+to+be+found"],
];

/** Every page and list of the portal that reads the archive, with each filter, and far down. */
export function pagesOf(layout: Layout): string[] {
  const index = openIndex(layout);
  try {
    const [first] = index.jobs({ limit: 1 }).rows;
    const [old] = index.jobs({ to: "2026-02-03", type: "ingest-hive", status: "succeeded", limit: 1 }).rows;
    const [row] = index.tables({ to: "2026-02-03", limit: 1 }).rows;
    const [lineage] = index.board({ limit: 1 }).rows;
    if (!first || !old || !row || !lineage) throw new Error("The archive is too small.");
    const deep = `before=${encodeURIComponent(cursorOf(old))}`;
    const table = lineage.name.split(".").map(encodeURIComponent).join("/");
    return [
      "/",
      ...["/jobs", "/jobs?when=30d", ...FILTERS.map(filter => `/jobs?when=all&${filter}`), `/jobs?when=all&${deep}`],
      ...[`/jobs?when=all&${deep.replace("before", "after")}`, `/jobs?when=all&state=failed&${deep}`],
      ...[first, old].flatMap(({ id }) =>
        ["", "/log", "/proofs", "/record", "/undo"].map(part => `/jobs/${id}${part}`),
      ),
      ...["orders", "orders_2005", "sales", "nowhere", old.id].map(text => `/search?text=${text}`),
      ...["/tables", "/tables?sort=name&from=100", "/tables?text=orders", "/tables?namespace=hive.sales"],
      ...[`/tables/${table}`, `/certificate.json?job=${old.id}`, `/certificate.json?table=${lineage.name}`],
      ...["/certificate.json?namespace=hive.sales"],
      ...["/audit", ...FILTERS.map(filter => `/audit?from=&to=&${filter}`), "/audit?from=2026-03-01&to=2026-03-31"],
      ...["/audit?from=2026-03-01T10:00:00Z&to=2026-05-31T11:00:00Z", `/audit?from=&to=&${deep}`],
      ...["", "outcome=failed", "table=hive.sales", "table=orders_2005", "text=sales", "person=björn"].map(
        filter => `/audit?view=tables&from=&to=&${filter}`,
      ),
      `/audit?view=tables&from=&to=&before=${encodeURIComponent(tableCursorOf(row))}`,
      ...["", "person=björn", "action=prune", "text=ingest-hive", "text=nowhere", `text=${old.id}`].flatMap(filter => [
        `/audit?view=activity&${filter}`,
        `/audit?view=activity&from=&to=&${filter}`,
      ]),
      ...["/schedules", "/people", "/account", "/notifications", "/doctor", "/rejected", "/metrics", "/comparisons"],
      ...["/analyses", "/streams", "/scripts", "/files", "/ingest", "/migrate"],
      ...["/api/jobs", ...FILTERS.slice(1).map(filter => `/api/jobs?${filter}`), `/api/jobs?${deep}`],
      ...[`/api/jobs/${old.id}`, "/api/audit", "/api/audit?from=&to=&text=sales", "/api/audit?view=activity"],
      ...["/api/tables", `/api/tables/${lineage.name}`, "/api/health", "/healthz", "/readyz"],
    ];
  } finally {
    index.close();
  }
}
