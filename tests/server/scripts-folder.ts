import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { rebuildAudit } from "../../core/audit/rebuild.ts";
import type { Outcome } from "../../core/jobs/outcome.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import type { Role } from "../../core/people/roles.ts";
import { sha256Of } from "../../engines/run-script/folder.ts";
import { archive } from "../core/audit/archive.ts";
import { startPortal, type TestPortal } from "./portal.ts";

/** A portal, and the folder of its scripts. */
export type Scripts = TestPortal & {
  folder: string;
  path(name: string): string;
  write(name: string, text: string): string;
};

/** A portal whose scripts lie in a folder of this machine. */
export async function withScripts(
  t: TestContext,
  role: Role = "operator",
  more: Record<string, string> = {},
): Promise<Scripts> {
  const folder = mkdtempSync(join(tmpdir(), "portal-scripts-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const portal = await startPortal(t, { role, environment: { SCRIPTS_DIR: folder, ...more } });
  const path = (name: string) => join(folder, name);
  return {
    ...{ ...portal, folder, path },
    write: (name, text) => {
      writeFileSync(path(name), text);
      return sha256Of(Buffer.from(text));
    },
  };
}

/** Puts a run of a script into the archive, as the worker does. */
export async function ran(portal: Scripts, name: string, outcome: Partial<Outcome>): Promise<void> {
  const tables = [{ table: portal.path(name), target: "", seconds: 1, outcome: "succeeded" as const, ...outcome }];
  const records = archived.get(portal) ?? [];
  const status = outcome.outcome === "failed" ? "failed" : "succeeded";
  const finishedAt = new Date(Date.now() + records.length * 1000).toISOString();
  records.push(archive(portal.layout, records.at(-1), { type: "run-script", status, tables, finishedAt }));
  archived.set(portal, records);
  rebuildAudit(portal.layout);
  await portal.portal.index.reconcile();
}

/** The records of each, in their order. */
export const archived = new WeakMap<object, JobRecord[]>();
