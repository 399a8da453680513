import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { newId } from "../../../core/jobs/id.ts";
import { attemptName } from "../../../engines/table-copy/leftovers.ts";

/** The names that an attempt of a job that has ended made, that one of a job that may be alive made, and that a person made. */
export function namesOf(type: string, dataFolder: string) {
  const [ended, alive] = [newId(type), newId(type)];
  mkdirSync(join(dataFolder, "archive", "2026-11"), { recursive: true });
  writeFileSync(join(dataFolder, "archive", "2026-11", `${ended}.json`), "{}");
  return { ended: attemptName({ job: ended, attempt: 1 }), alive: attemptName({ job: alive, attempt: 1 }) };
}

/** A data folder of a test's own. */
export function dataFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "portal-leftovers-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
