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

/** The outcomes first, each with its job. */
export const OUTCOMES_FIRST = "outcomes o cross join jobs j on j.key = o.job";

/** The jobs first, each with its outcomes. */
export const JOBS_FIRST = "jobs j cross join outcomes o on o.job = j.key";

/** The rows of tables that a condition on `outcomes o` and `jobs j` finds, both of which `from` has. */
export function readOutcomes(store: Store, from: string, rest: string, values: readonly SQLInputValue[]): OutcomeRow[] {
  const found = store.all<Found>(`select ${COLUMNS} from ${from} ${rest}`, values);
  return found.map(({ place, outcome, row, type, id, status, person, finished, table, target }) => ({
    ...{ job: id, place, type, status, submittedBy: person, finishedAt: finished, table, target, outcome },
    ...(JSON.parse(row) as Pick<OutcomeRow, "seconds">),
  }));
}
