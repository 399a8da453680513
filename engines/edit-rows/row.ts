import { Refusal, type Visit } from "../page.ts";
import type { Browsed } from "./browse.ts";
import { waitFor } from "./wait.ts";

type Values = Readonly<Record<string, string | null>>;

/** What came of an edit: the job, and what it says once it has ended. */
export interface Edited {
  id: string;
  notes?: string[];
}

/** Writes one row through a job, and waits for it. Refused, with the job's own sentence, where that fails. */
export async function writeRow(
  visit: Visit,
  table: Browsed,
  value: string,
  set: Values,
  was?: Values,
): Promise<Edited> {
  const key = { [keyOf(table)]: value };
  const rest = Object.fromEntries(Object.entries(set).filter(([name]) => name !== table.key));
  return await edit(visit, { key, set: rest, ...(was && { was }) });
}

/** Deletes one row through a job, and waits for it. */
export async function deleteRow(visit: Visit, table: Browsed, value: string): Promise<Edited> {
  return await edit(visit, { key: { [keyOf(table)]: value } });
}

function keyOf({ key }: Browsed): string {
  if (key) return key;
  throw new Refusal(
    409,
    "The key of this table is not known, so its rows can't be edited.",
    "Set its property portal.key.",
  );
}

async function edit(visit: Visit, what: Record<string, unknown>): Promise<Edited> {
  const { catalog, namespace, table } = visit.parameters;
  const { portal } = visit;
  const id = portal.submit(visit, {
    type: "edit-rows",
    priority: 10,
    parameters: { table: `${catalog}.${namespace}.${table}`, ...what },
  });
  // Without a worker it waits in the queue, as every job does.
  const record = portal.workerLives() ? await waitFor(portal, id) : undefined;
  if (!record) return { id };
  const [outcome] = record.tables;
  const error = outcome?.error ?? record.error;
  if (record.status === "succeeded") return { id, notes: outcome?.notes ?? [] };
  throw new Refusal(409, error?.message ?? `The edit was ${record.status}.`, error?.hint ?? "Nothing was changed.");
}
