import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Layout } from "../../files/layout.ts";

const PROGRAM = join(import.meta.dirname, "compare-process.ts");
const start = promisify(execFile);

/**
 * Compares the archive with its index, one comparison at a time. In a process of its own: the event loop never waits for
 * it, and the memory that it took is given back.
 */
export function reconciler({ root }: Layout): { run(): Promise<number>; running(): boolean; end(): void } {
  const closing = new AbortController();
  let result: Promise<number> | undefined;
  return {
    run() {
      result ??= compare().finally(() => {
        result = undefined;
      });
      return result;
    },
    running: () => result !== undefined,
    end: () => closing.abort(),
  };

  async function compare(): Promise<number> {
    try {
      // It needs nothing of the environment, and so gets no secret.
      const { stdout } = await start(process.execPath, [PROGRAM, root], { signal: closing.signal, env: {} });
      return Number(stdout);
    } catch (error) {
      if (closing.signal.aborted) return 0;
      const { stderr = "", message } = error as Error & { stderr?: string };
      const why = stderr.match(/^\w*Error: (.+)$/m)?.[1] ?? message;
      throw new Error(`The archive could not be compared with its index: ${why}`, { cause: error });
    }
  }
}
