import { join } from "node:path";
import { execa } from "execa";

/** What is run: a job file, as an attempt of a job, from a project's folder and with an environment. */
export interface Killed {
  id: string;
  attempt: number;
  /** `planned` is what earlier attempts have planned. */
  file: { type: string; parameters: object; planned?: { table: string; target: string; action: string }[] };
  project?: string;
  env?: Record<string, string>;
}

/** Runs an attempt in a process of its own, which is killed at a step; "" lets it end. Gives whether it was, and its last line. */
export async function runKilled(step: string, { id, attempt, file, project, env = {} }: Killed) {
  const program = join(project ? join(project, "tests", "engines") : import.meta.dirname, "kill-job.ts");
  const child = await execa(process.execPath, [program, id, String(attempt), step, JSON.stringify(file)], {
    ...{ reject: false, timeout: 300_000, env },
  });
  return { killed: child.signal === "SIGKILL", said: `${child.stdout}${child.signal ? "" : child.stderr}` };
}
