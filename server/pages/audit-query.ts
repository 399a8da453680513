import { DEEDS, type DeedQuery } from "../../audit/deeds.ts";
import { rangeOf } from "../../audit/index/key.ts";
import type { TableQuery } from "../../audit/index/open.ts";
import { Refusal } from "../../engines/page.ts";
import { OUTCOMES, type OutcomeState, type Status } from "../../jobs/states.ts";
import { ASKING, daysAgo } from "../world.ts";

/** What of the audit is looked at. */
export const VIEWS = ["jobs", "tables", "deeds"] as const;
export type AuditView = (typeof VIEWS)[number];

/** A request for the audit, read from its address. */
export interface AuditQuery {
  view: AuditView;
  from: string;
  to: string;
  /** Which jobs, or which tables of them; without a page of them. */
  jobs: TableQuery;
  deeds: DeedQuery;
  before?: string;
  after?: string;
  rows: number;
}

/** Every job, also those that only ask. */
export const ALL_TYPES = "all";

const ROWS = 50;
const MOST = 1000;
const STATUSES: readonly string[] = ["succeeded", "failed", "cancelled"];

/** Reads the address: the last 30 days where no date stands in it, all that is there where the dates are empty. */
export function auditQuery(query: URLSearchParams, now: number): AuditQuery {
  const value = (name: string) => query.get(name)?.trim() || undefined;
  const dated = query.has("from") || query.has("to");
  const from = dated ? value("from") : daysAgo(30, now);
  const to = value("to");
  const [before, after] = [value("before"), value("after")];
  const view = VIEWS.find(one => one === value("view")) ?? "jobs";
  checkDates(from, to);
  if (view !== "deeds") for (const cursor of [before, after]) checkCursor(cursor);
  const common = { from, to, text: value("text") };
  const person = value("person");
  const { type, status, outcome } = facetsOf(value);
  return {
    ...{ view, from: from ?? "", to: to ?? "" },
    jobs: {
      ...common,
      ...{ person, status, table: value("table"), ...(view === "tables" && { outcome }) },
      ...(type === undefined ? { notTypes: ASKING } : type === ALL_TYPES ? {} : { type }),
    },
    deeds: { ...common, by: person, what: DEEDS.find(deed => deed === value("deed")) },
    ...(before && { before }),
    ...(after && !before && { after }),
    rows: Math.min(MOST, Math.max(1, Math.trunc(Number(value("rows"))) || ROWS)),
  };
}

function facetsOf(value: (name: string) => string | undefined) {
  const [state, outcome] = [value("state"), value("outcome")];
  return {
    type: value("type"),
    status: state !== undefined && STATUSES.includes(state) ? (state as Status) : undefined,
    outcome: OUTCOMES.find(one => one === outcome) as OutcomeState | undefined,
  };
}

function checkDates(from: string | undefined, to: string | undefined): void {
  try {
    rangeOf(from, to);
  } catch (error) {
    throw new Refusal(422, (error as Error).message, "Correct the date in the address, or open the audit anew.");
  }
}

function checkCursor(cursor: string | undefined): void {
  if (cursor !== undefined && Number.isNaN(Date.parse(cursor.split("_")[0] ?? "")))
    throw new Refusal(422, "The address names no place in the list.", "Start from its first page: /audit");
}
