import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PROJECT } from "../../core/settings.ts";

// What a clone has no need of, or has its own of.
const LEFT_OUT = [".git", ".laptop", ".env", "node_modules", "queue", "logs", "archive", "tests", "bench"];

/** A clone of the project whose catalogs.json has more catalogs, as a user would write them; gives its folder. */
export function cloneWith(t: { after(end: () => void): void }, catalogs: Record<string, object>): string {
  const folder = mkdtempSync(join(tmpdir(), "portal-clone-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  for (const name of readdirSync(PROJECT))
    if (!LEFT_OUT.includes(name)) cpSync(join(PROJECT, name), join(folder, name), { recursive: true });
  symlinkSync(join(PROJECT, "node_modules"), join(folder, "node_modules"));
  const program = join("tests", "engines", "kill-job.ts");
  cpSync(join(PROJECT, program), join(folder, program));
  const known = JSON.parse(readFileSync(join(PROJECT, "catalogs.json"), "utf8")) as object;
  writeFileSync(join(folder, "catalogs.json"), JSON.stringify({ ...known, ...catalogs }));
  return folder;
}
