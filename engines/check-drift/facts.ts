import type { DriftFact } from "../../core/jobs/outcome.ts";
import { sideBySide } from "../engine.ts";
import type { DriftSubject } from "./scope.ts";

/** What was found of a table, or the error that kept it from being looked at. */
export type Look = DriftFact | Error;

/** Looks at some tables of one namespace, all at once; what was found, by their names. */
export type LookTogether = (subjects: readonly DriftSubject[]) => Promise<ReadonlyMap<string, Look>>;

/** A fact of a table that is there, as of now. */
export function seen(): DriftFact {
  return { at: new Date().toISOString(), there: true };
}

/** A fact of a table that is not there. */
export function notThere(): DriftFact {
  return { at: new Date().toISOString(), there: false };
}

/** Looks at tables side by side; an error of one keeps nobody from looking at the others. */
export async function lookAtEach(
  subjects: readonly DriftSubject[],
  look: (subject: DriftSubject) => Promise<DriftFact>,
): Promise<ReadonlyMap<string, Look>> {
  const found = await sideBySide(subjects, async (subject): Promise<[string, Look]> => {
    try {
      return [subject.name, await look(subject)];
    } catch (error) {
      return [subject.name, error instanceof Error ? error : new Error(String(error))];
    }
  });
  return new Map(found);
}
