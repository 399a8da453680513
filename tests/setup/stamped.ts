import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { cacheLayout } from "../../setup/layout.mjs";

/** A temporary folder that goes with its test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "portal-setup-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A cache in which the named parts count as installed. */
export function stampedCache(t: TestContext, ...parts: (keyof ReturnType<typeof cacheLayout>)[]): string {
  const cache = temporaryFolder(t);
  for (const part of parts) {
    mkdirSync(cacheLayout(cache)[part], { recursive: true });
    writeFileSync(join(cacheLayout(cache)[part], ".complete"), "");
  }
  return cache;
}

/** A folder of programs for a PATH: each prints a text and ends with a code. */
export function programs(t: TestContext, all: Record<string, { prints?: string; code: number }>): string {
  const folder = temporaryFolder(t);
  for (const [name, { prints = "", code }] of Object.entries(all))
    writeFileSync(join(folder, name), `#!/bin/sh\necho '${prints}'\nexit ${code}\n`, { mode: 0o755 });
  return folder;
}
