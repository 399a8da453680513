import { newId } from "../../core/jobs/id.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import { layoutOf } from "../../core/store/layout.ts";
import { archive } from "../core/audit/archive.ts";
import type { CsvWorld, Ways } from "./csv.ts";

/** Runs jobs to their end and archives them as the worker does. */
export function archiving(world: CsvWorld) {
  let last: JobRecord | undefined;
  return async (type: string, parameters: Record<string, unknown>, ways: Ways = {}): Promise<JobRecord> => {
    const id = ways.id ?? newId(type);
    const startedAt = new Date().toISOString();
    const { outcomes, error } = await world.run(type, parameters, { ...ways, id });
    const status = error ? ("failed" as const) : ("succeeded" as const);
    const ended = { status, startedAt, finishedAt: new Date().toISOString(), ...(error && { error }) };
    last = archive(layoutOf(world.settings.DATA_DIR), last, { id, type, parameters, tables: outcomes, ...ended });
    return last;
  };
}
