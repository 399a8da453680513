import { newId } from "../../core/jobs/id.ts";
import { type Job, jobOf } from "../../core/jobs/job.ts";
import type { Plan, StepContext } from "../../engines/engine.ts";
import type { HiveMove } from "../../engines/ingest-hive/hive-source.ts";
import { type IngestHive, ingestHive } from "../../engines/ingest-hive/parameters.ts";
import { planIngest } from "../../engines/ingest-hive/plan.ts";
import type { Bench } from "./stack.ts";

/** The plan of an ingest, on a session of its own, with what its steps need to run; it emits nothing and keeps no proof. */
export async function planOne(
  bench: Bench,
  parameters: { database: string; tables: string[]; namespace: string },
): Promise<{ step: Plan<HiveMove>["steps"][number]; context: StepContext<IngestHive> }> {
  const own = await bench.session();
  const shaped = ingestHive.shape.parse(parameters);
  const job = jobOf(newId("ingest-hive"), { type: "ingest-hive", parameters: {} }, shaped, {
    ...{ via: "command", submittedBy: "bench", submittedAt: new Date().toISOString() },
  } as const);
  const context: StepContext<IngestHive> = {
    ...{ job: job as unknown as Job<IngestHive>, attempt: 1, signal: new AbortController().signal },
    ...{ settings: bench.settings, spark: async () => own, emit: () => undefined, proof: () => undefined },
  };
  const [step] = (await planIngest(context)).steps;
  if (!step) throw new Error("nothing was planned");
  return { step, context };
}
