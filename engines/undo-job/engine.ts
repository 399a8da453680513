import { whileAzureAnswers } from "../../connectors/azure/storage-unavailable.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { isSameFile } from "../../connectors/snowflake/iceberg-table.ts";
import { failpoint } from "../../core/system/failpoint.ts";
import { type Engine, type JobType, type Step, type StepContext, StepFailed } from "../engine.ts";
import { decideRegistration, decideTable, type UndoDecision } from "./decide.ts";
import type { UndoJob } from "./parameters.ts";
import { DONE_BEFORE, planUndo, type Undo, withSnowflake } from "./plan.ts";
import { lookAtRegistration, undoRegistration } from "./registration.ts";
import { clearLeftovers, lookAtTable, undoTable } from "./table.ts";

type TableUndo = Extract<Undo, { kind: "table" }>;
type RegistrationUndo = Extract<Undo, { kind: "registration" }>;

/** Takes back what a job made: looks again at each target right before, and leaves what was changed since the plan. */
export function undoing(types: Readonly<Record<string, JobType>>): Engine<UndoJob, Undo | undefined> {
  return {
    plan: context => planUndo(context, types),
    async run({ table, detail }: Step<Undo | undefined>, context) {
      if (!detail) throw new Error(`${table} was not planned`);
      return detail.kind === "table" ? await runTable(detail, context) : await runRegistration(detail, context);
    },
  };
}

async function runTable({ of, name, decision, left }: TableUndo, context: StepContext<UndoJob>) {
  const { settings } = context;
  const session = await context.spark();
  await attachCatalogs(session, settings, [name.catalog]);
  return await whileAzureAnswers(session, settings, [name.catalog], async () => {
    const standing = await lookAtTable(session, name);
    const now = decideTable(of, standing);
    const isDone = refuseOther(of.outcome.target, decision, now);
    await clearLeftovers(session, name, of.job, left);
    const { notes, targetSnapshot } = isDone
      ? { notes: [DONE_BEFORE], targetSnapshot: standing?.current }
      : await undoTable(session, settings, name, now);
    failpoint("undone");
    const there = isDone ? standing !== undefined : now.action !== "drop";
    return {
      ...{ outcome: "succeeded" as const, undoes: of.job, notes: [...notes, ...clearedNotes(left)] },
      ...(targetSnapshot !== undefined && { targetSnapshot }),
      drift: { at: new Date().toISOString(), there, ...(targetSnapshot !== undefined && { snapshot: targetSnapshot }) },
    };
  });
}

function clearedNotes({ branches, hidden, folders }: TableUndo["left"]): string[] {
  const count = branches.length + hidden.length + folders.length;
  return count === 0 ? [] : [`${count} things that attempts of the job had left were cleared`];
}

async function runRegistration({ of, name, decision }: RegistrationUndo, context: StepContext<UndoJob>) {
  const { settings, signal } = context;
  return await withSnowflake(settings, name, async snowflake => {
    const standing = await lookAtRegistration(snowflake, name);
    const now = decideRegistration(of, standing, isSameFile);
    const isDone = refuseOther(of.outcome.target, decision, now);
    const { change } = of.outcome;
    const notes = isDone
      ? [DONE_BEFORE]
      : await undoRegistration(snowflake, settings, name, { decision: now, change, signal });
    failpoint("undone");
    const file = isDone ? standing?.file : toOf(now);
    const there = isDone ? standing !== undefined : now.action !== "drop";
    return {
      ...{ outcome: "succeeded" as const, undoes: of.job, notes },
      drift: { at: new Date().toISOString(), there, ...(file !== undefined && { metadataFile: file }) },
    };
  });
}

// Between the plan and the step somebody may have written. True where it is done already.
function refuseOther(target: string, planned: UndoDecision, now: UndoDecision): boolean {
  if (now.action === "nothing") return true;
  if (now.action === "refuse") throw new StepFailed(now.error);
  if (now.action === planned.action && toOf(now) === toOf(planned)) return false;
  throw new StepFailed({
    message: `${target} was changed since the undo was planned, so it was left as it is.`,
    hint: "Plan the undo again.",
  });
}

function toOf(decision: UndoDecision): string | undefined {
  return "to" in decision ? decision.to : undefined;
}
