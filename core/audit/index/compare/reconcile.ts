import { join } from "node:path";
import type { Layout } from "../../../store/layout.ts";

const PROGRAM = join(import.meta.dirname, "compare-process.ts");

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
      // Loaded with the first comparison: the portal answers before.
      const { execa } = await import("execa");
      // It needs nothing of the environment, and so gets no secret.
      const options = { cancelSignal: closing.signal, env: {}, extendEnv: false };
      const { stdout } = await execa(process.execPath, [PROGRAM, root], options);
      return Number(stdout);
    } catch (error) {
      if (closing.signal.aborted) return 0;
      const { stderr = "", message } = error as Error & { stderr?: string };
      const why = stderr.match(/^\w*Error: (.+)$/m)?.[1] ?? message;
      throw new Error(`The archive could not be compared with its index: ${why}`, { cause: error });
    }
  }
}
