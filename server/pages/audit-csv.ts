import { join } from "node:path";
import { csvLine, harmless } from "../../audit/csv.ts";
import { type Deed, readDeeds } from "../../audit/deeds.ts";
import { cursorOf, tableCursorOf } from "../../audit/index/open.ts";
import { readRecord } from "../../audit/records.ts";
import { REPORTS } from "../../audit/reports.ts";
import { TABLE_COLUMNS } from "../../audit/rows.ts";
import { type Answer, type Portal, Refusal, type Visit } from "../../engines/page.ts";
import { type AuditQuery, auditQuery } from "./audit-query.ts";

// So many rows are read before others get their turn: a few milliseconds.
const PIECE = 20;

/** Exactly what the page has filtered as CSV, of any size, with the columns of archive/audit.csv. */
export function auditCsv({ portal, query, now }: Visit): Answer {
  const asked = auditQuery(query, now);
  portal.index.refresh();
  if (portal.index.reconciling() && asked.view !== "deeds")
    throw new Refusal(
      503,
      "The archive is just being compared with its index: a file made now might lack jobs.",
      "Try again in a minute.",
    );
  const lines = { jobs: jobLines, tables: tableLines, deeds: deedLines }[asked.view](portal, asked);
  const span = asked.from || asked.to ? `${asked.from || "start"}-to-${asked.to || day(now)}` : "all";
  const what = asked.view === "jobs" ? "audit" : `audit-${asked.view}`;
  return { kind: "lines", lines, type: "text/csv; charset=utf-8", download: `${what}-${span}.csv` };
}

function* jobLines({ index, layout }: Portal, { jobs }: AuditQuery): Generator<string> {
  const report = REPORTS[0]!;
  yield report.header;
  for (let before: string | undefined, more = true; more; ) {
    const page = index.jobs({ ...jobs, before, limit: PIECE });
    const records = page.rows.flatMap(({ path }) => readRecord(join(layout.root, path)) ?? []);
    yield records.map(record => report.lines(record)).join("");
    more = page.more;
    before = page.rows.at(-1) && cursorOf(page.rows.at(-1)!);
  }
}

function* tableLines({ index }: Portal, { jobs }: AuditQuery): Generator<string> {
  yield csvLine(TABLE_COLUMNS.map(([title]) => title));
  for (let before: string | undefined, more = true; more; ) {
    const page = index.tables({ ...jobs, before, limit: PIECE * 4 });
    const rows = page.rows.map(({ job, error, ...outcome }) => ({
      record: { id: job },
      outcome: { ...outcome, ...(error !== undefined && { error: { message: error } }) },
    }));
    yield rows.map(row => csvLine(TABLE_COLUMNS.map(([, cell]) => String(cell(row) ?? "")))).join("");
    more = page.more;
    before = page.rows.at(-1) && tableCursorOf(page.rows.at(-1)!);
  }
}

const DEED_COLUMNS = ["at", "by", "role", "from", "what", "job", "about", "detail"] as const satisfies (keyof Deed)[];

function* deedLines({ layout }: Portal, { deeds }: AuditQuery): Generator<string> {
  yield csvLine(DEED_COLUMNS);
  for (let before: string | undefined, more = true; more; ) {
    const found = readDeeds(layout, { ...deeds, before, limit: PIECE });
    yield found.map(deed => csvLine(DEED_COLUMNS.map(name => harmless(deed[name] ?? "")))).join("");
    more = found.length === PIECE;
    before = found.at(-1)?.place;
  }
}

function day(now: number): string {
  return new Date(now).toISOString().slice(0, 10);
}
