import { nearest } from "../../core/jobs/parse/problem.ts";
import { SettingsError } from "../../core/settings.ts";
import type { Engine } from "../engine.ts";
import { serviceChecks } from "./checks.ts";
import type { CheckServices } from "./parameters.ts";
import { type Check, runCheck } from "./service-check.ts";

/** Looks at every service side by side. One that does not answer is an outcome, never the end of the others. */
const engine: Engine<CheckServices, Check> = {
  async plan({ settings, job, spark }) {
    const checks = selected(serviceChecks(settings, spark), job.parameters.only);
    const steps = checks.map(check => ({ table: check.name, target: "", action: "look", detail: check }));
    return { steps, parallel: steps.length };
  },
  run: async ({ detail }, { signal }) => await runCheck(detail, signal),
};

export default engine;

function selected(checks: Check[], only: readonly string[] | undefined): Check[] {
  if (!only) return checks;
  const names = checks.map(({ name }) => name);
  const unknown = only.find(name => !names.includes(name));
  if (unknown === undefined) return checks.filter(({ name }) => only.includes(name));
  const near = nearest(unknown, names);
  throw new SettingsError(
    `There is no service "${unknown}"${near ? `, did you mean "${near}"?` : `; known are ${names.join(", ")}.`}`,
  );
}
