import type { SQLInputValue } from "node:sqlite";
import type { OutcomeState, Status } from "../../jobs/states.ts";
import type { OutcomeRow } from "./row.ts";
import type { Store } from "./store.ts";

const COLUMNS = `o.place, o.outcome, o.row, o.type, j.id, j.status, j.person, j.finished,
  (select name from names where id = o.source) as "table", (select name from names where id = o.target) as target`;

interface Found {
  place: number;
  outcome: OutcomeState;
  row: string;
  type: string;
  id: string;
  status: Status;
  person: string;
  finished: string;
  table: string;
  target: string;
}

/** The rows of tables that a condition on `outcomes o` and `jobs j` finds. By jobs first, or by outcomes first. */
export function readOutcomes(
  store: Store,
  first: "jobs" | "outcomes",
  rest: string,
  values: readonly SQLInputValue[],
): OutcomeRow[] {
  const [a, b] = first === "jobs" ? ["jobs j", "outcomes o"] : ["outcomes o", "jobs j"];
  const found = store.all<Found>(`select ${COLUMNS} from ${a} cross join ${b} on o.job = j.key ${rest}`, values);
  return found.map(({ place, outcome, row, type, id, status, person, finished, table, target }) => ({
    ...{ job: id, place, type, status, submittedBy: person, finishedAt: finished, table, target, outcome },
    ...(JSON.parse(row) as Pick<OutcomeRow, "seconds">),
  }));
}
