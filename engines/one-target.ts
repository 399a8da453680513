import type { JobError } from "../core/jobs/outcome.ts";
import type { Step } from "./engine.ts";

/**
 * Refuses the steps that would write one target from several tables, such as `orders` and `Orders` where names fold: each
 * would take the place of the one before. `refuse` makes a step out of such a one, `fold` of a target what it is kept as.
 */
export function refuseSharedTargets<D>(
  steps: readonly Step<D>[],
  refuse: (step: Step<D>, error: JobError) => Step<D>,
  fold: (target: string) => string = target => target,
): Step<D>[] {
  const byTarget = Map.groupBy(
    steps.filter(step => !step.ended),
    step => fold(step.target),
  );
  return steps.map(step => {
    const all = step.ended ? [] : (byTarget.get(fold(step.target)) ?? []);
    if (all.length < 2) return step;
    const names = all.map(({ table }) => table).join(" and ");
    return refuse(step, {
      message: `${names} would both become ${step.target}.`,
      hint: "Name only one of them in a job, and send the other to another place.",
    });
  });
}
