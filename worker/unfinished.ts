import { readdirSync } from "node:fs";
import type { Layout } from "../files/layout.ts";

/** Those of some jobs that have not ended, or what follows them has not: the id of a follow-up begins with its parent's. */
export function unfinished({ queue, running }: Layout, ids: readonly (string | undefined)[]): string | undefined {
  const wanted = ids.filter(id => id !== undefined);
  if (wanted.length === 0) return undefined;
  const names = [...readdirSync(queue), ...readdirSync(running)].filter(name => name.endsWith(".json"));
  return wanted.find(id => names.some(name => name.startsWith(id)));
}
