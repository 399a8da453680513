import { randomBytes } from "node:crypto";
import type { TestContext } from "node:test";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { openTableSession } from "../../connectors/iceberg/session.ts";
import type { Session } from "../../connectors/spark/session.ts";
import type { NewEvent } from "../../core/jobs/events.ts";
import { newId } from "../../core/jobs/id.ts";
import { type Job, jobOf } from "../../core/jobs/job.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import { sessionIds } from "../../core/jobs/session-id.ts";
import { readSettings, type Settings } from "../../core/settings.ts";
import type { Engine } from "../../engines/engine.ts";
import engine from "../../engines/ingest-hive/engine.ts";
import { ingestHive } from "../../engines/ingest-hive/parameters.ts";
import { engines } from "../../engines/list.ts";
import { runAttempt } from "../../engines/runner/attempt.ts";
import { runSteps } from "../../engines/runner/steps.ts";
import type { Proof } from "../../engines/table-copy/proof-figures.ts";

/** The shared stack's settings, as the test run passes them in the environment. */
export const settings = readSettings();

/** A Spark session of a test, with the lake attached; it is released with the test. */
export async function testSession(t: { after(end: () => Promise<void>): void }, job?: string): Promise<Session> {
  const session = await openTableSession(settings, undefined, job);
  t.after(async () => {
    await session.release();
    session.close();
  });
  await attachCatalogs(session, settings, ["hive", "lake"]);
  return session;
}

/** A Hive database that nobody else uses; it and its Iceberg namespace are dropped with the test. */
export async function newDatabase(t: Pick<TestContext, "after">, session: Session): Promise<string> {
  const name = `test_${randomBytes(5).toString("hex")}`;
  await session.command(`create database ${name}`);
  t.after(async () => {
    const sweep = await openTableSession(settings);
    await attachCatalogs(sweep, settings, ["hive", "lake"]);
    for (const row of await sweep.command(`show tables in lake.${name}_iceberg`).catch(() => [])) {
      await sweep.command(`drop table lake.${name}_iceberg.\`${row.tableName}\``).catch(() => undefined);
    }
    await sweep.command(`drop database if exists lake.${name}_iceberg`).catch(() => undefined);
    await sweep.command(`drop database if exists spark_catalog.${name} cascade`).catch(() => undefined);
    await sweep.release();
    sweep.close();
  });
  return name;
}

/** What a run of the engine gave. */
export interface Ran {
  outcomes: Map<string, Outcome>;
  events: NewEvent[];
  proofs: Proof[];
  job: Job;
}

/** What a test may change about a run. `wrap` stands between the engine and Spark. */
export interface Ways {
  wrap?: (session: Session) => Session;
  signal?: AbortSignal;
  id?: string;
  planned?: { table: string; target: string; action: string }[];
  settings?: Partial<Settings>;
  /** What happens between the plan and the copy. */
  afterPlan?: () => void;
}

/** Runs `ingest-hive` in this process, without a worker, against the real stack. Outcomes are by the table's last name. */
export async function ingest(parameters: Record<string, unknown>, ways: Ways = {}): Promise<Ran> {
  const id = ways.id ?? newId("ingest-hive");
  const file = { type: "ingest-hive", parameters };
  const origin = { via: "command", submittedBy: "test", submittedAt: new Date().toISOString() } as const;
  const job = jobOf(id, file, ingestHive.shape.parse(parameters), origin);
  const ran: Ran = { outcomes: new Map(), events: [], proofs: [], job };
  const open: Session[] = [];
  const session = async () => {
    const opened = await openTableSession(settings, undefined, id);
    open.push(opened);
    return ways.wrap ? ways.wrap(opened) : opened;
  };
  const bySlot = new Map<number, Promise<Session>>();
  const slot = (number: number) => {
    const found = bySlot.get(number) ?? session();
    bySlot.set(number, found);
    return found;
  };
  const run = {
    job,
    attempt: 1,
    settings: { ...settings, ...ways.settings },
    signal: ways.signal ?? new AbortController().signal,
    ...(ways.planned && { planned: ways.planned }),
    session: slot,
    emit: (event: NewEvent) => void ran.events.push(event),
    proof: (proof: object) => void ran.proofs.push(proof as Proof),
  };
  try {
    const program = engine as unknown as Engine;
    const plan = await program.plan({ ...run, spark: () => slot(0) });
    ways.afterPlan?.();
    const { outcomes } = await runSteps(program, plan, run).finally(() => plan.end?.());
    for (const outcome of outcomes) ran.outcomes.set(outcome.table.split(".").slice(2).join("."), outcome);
    return ran;
  } finally {
    for (const opened of open) {
      await opened.release();
      opened.close();
    }
  }
}

/** Runs a job of any type to its end in this process, with sessions of its own. Outcomes are by the table's last name. */
export async function runWhole(
  type: string,
  parameters: Record<string, unknown>,
  ways: Pick<Ways, "settings"> & { emit?: (event: NewEvent) => void } = {},
): Promise<Map<string, Outcome>> {
  const entry = engines[type];
  if (!entry) throw new Error(`there is no job type ${type}`);
  const id = newId(type);
  const origin = { via: "command", submittedBy: "test", submittedAt: new Date().toISOString() } as const;
  const { outcomes, error } = await runAttempt(await entry.load(), {
    job: jobOf(id, { type, parameters }, entry.type.shape.parse(parameters), origin),
    attempt: 1,
    settings: { ...settings, ...ways.settings },
    sessions: sessionIds(id, 1),
    succeeded: [],
    signal: new AbortController().signal,
    emit: ways.emit ?? (() => undefined),
    proof: () => undefined,
  });
  if (outcomes.length === 0) throw new Error(error?.message);
  return new Map(outcomes.map(outcome => [outcome.table.split(".").slice(2).join("."), outcome]));
}
