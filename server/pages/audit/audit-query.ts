import { AUDIT_ACTIONS, type AuditEventQuery } from "../../../core/audit/audit-events.ts";
import { dateRange } from "../../../core/audit/index/key.ts";
import type { TableQuery } from "../../../core/audit/index/open.ts";
import { OUTCOMES, type OutcomeState, type Status } from "../../../core/jobs/states.ts";
import { HttpError } from "../../../engines/portal/page.ts";
import { daysAgo, READ_ONLY_TYPES } from "../../state/portal-status.ts";

/** What of the audit is looked at. */
export const VIEWS = ["jobs", "tables", "activity"] as const;
export type AuditView = (typeof VIEWS)[number];

/** A request for the audit, read from its address. */
export interface AuditQuery {
  view: AuditView;
  from: string;
  to: string;
  /** Which jobs, or which tables of them; without a page of them. */
  jobs: TableQuery;
  events: AuditEventQuery;
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
  if (view !== "activity") for (const cursor of [before, after]) checkCursor(cursor);
  const common = { from, to, text: value("text") };
  const person = value("person");
  const { type, status, outcome } = facetsOf(value);
  return {
    ...{ view, from: from ?? "", to: to ?? "" },
    jobs: {
      ...common,
      ...{ person, status, table: value("table"), ...(view === "tables" && { outcome }) },
      ...(type === undefined ? { notTypes: READ_ONLY_TYPES } : type === ALL_TYPES ? {} : { type }),
    },
    events: { ...common, by: person, what: AUDIT_ACTIONS.find(action => action === value("action")) },
    ...(before && { before }),
    ...(after && !before && { after }),
    rows: Math.min(MOST, Math.max(1, Math.trunc(Number(value("rows"))) || ROWS)),
  };
}

/** What is wrong with the dates of a filter, by field; empty where both can be read. */
export function dateErrors(query: URLSearchParams): { from?: string; to?: string } {
  const wrong = (name: "from" | "to") => {
    try {
      dateRange(query.get(name)?.trim() || undefined, undefined);
      return {};
    } catch (error) {
      return { [name]: (error as Error).message };
    }
  };
  return { ...wrong("from"), ...wrong("to") };
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
    dateRange(from, to);
  } catch (error) {
    throw new HttpError(422, (error as Error).message, "Correct the date in the address, or open the audit anew.");
  }
}

function checkCursor(cursor: string | undefined): void {
  if (cursor !== undefined && Number.isNaN(Date.parse(cursor.split("_")[0] ?? "")))
    throw new HttpError(422, "The address names no place in the list.", "Start from its first page: /audit");
}
