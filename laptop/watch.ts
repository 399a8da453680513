import { join } from "node:path";
import type { StackName } from "./ensure.ts";
import { laptopFolders } from "./folders.ts";
import type { Stack } from "./stack.ts";

/** Keeps an eye on the stack, and says once when a service of it has ended by itself. */
export function watchStack(stack: Stack, laptopDir: string): NodeJS.Timeout {
  const told = new Set<StackName>();
  return setInterval(() => {
    const lost = stack.lost();
    for (const name of told) if (!lost.includes(name)) told.delete(name);
    for (const name of lost) {
      if (told.has(name)) continue;
      told.add(name);
      const log = join(laptopFolders(laptopDir).logs, `${name}.log`);
      const then = name === "kafka" ? "It is started again when it is wanted." : "Press Ctrl-C and start again.";
      console.error(`The laptop's ${name} has ended by itself: see the end of ${log}. ${then}`);
    }
  }, 2000);
}
