import { join } from "node:path";
import { laptopFolders } from "./folders.ts";
import type { Stack } from "./stack.ts";

/** Keeps an eye on the stack, and says once when a service of it has ended by itself. */
export function watchStack(stack: Stack, laptopDir: string): NodeJS.Timeout {
  const told = new Set<string>();
  return setInterval(() => {
    for (const name of stack.lost()) {
      if (told.has(name)) continue;
      told.add(name);
      const log = join(laptopFolders(laptopDir).logs, `${name}.log`);
      console.error(`The laptop's ${name} has ended by itself: see the end of ${log}. Press Ctrl-C and start again.`);
    }
  }, 2000);
}
