import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import type { ProcessIdentity } from "../../core/jobs/running.ts";
import { identityOf } from "../../core/system/process-identity.ts";

/** A temporary folder that goes with its test. */
export function temporaryFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "portal-laptop-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A tiny process in a group of its own that runs a program text; it has printed its first line when this returns. */
export async function tinyProcess(
  t: TestContext,
  program: string,
): Promise<{ identity: ProcessIdentity; said: string }> {
  const child = spawn(process.execPath, ["-e", program], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  t.after(() => child.kill("SIGKILL"));
  const [said] = await once(child.stdout, "data");
  return { identity: identityOf(child.pid ?? 0)!, said: String(said).trim() };
}

/** A tiny process that listens on a port of its own, and says which. */
export async function tinyServer(t: TestContext): Promise<{ identity: ProcessIdentity; port: number }> {
  const program = `const s = require("net").createServer(c => c.end()).listen(0, "127.0.0.1", () => console.log(s.address().port))`;
  const { identity, said } = await tinyProcess(t, program);
  return { identity, port: Number(said) };
}

/** Who a process was that has ended. */
export async function deadProcess(): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ["-e", "setTimeout(() => {}, 1e6)"], { stdio: "ignore" });
  await once(child, "spawn");
  const identity = identityOf(child.pid ?? 0)!;
  child.kill("SIGKILL");
  await once(child, "exit");
  return identity;
}
