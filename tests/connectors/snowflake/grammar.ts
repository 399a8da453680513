import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { PROJECT } from "../../../core/settings.ts";
import { cacheLayout } from "../../../setup/layout.mjs";

/** What a grammar that is not ours has against a statement. */
export interface Complaint {
  sql: string;
  why: string;
}

/** Holds statements against sqlglot's Snowflake dialect. Throws where it is not installed. */
export async function complaintsAbout(statements: readonly string[], cache: string): Promise<Complaint[]> {
  const { grammar } = cacheLayout(cache);
  if (!existsSync(grammar)) throw new Error("sqlglot is not installed: run `node setup.mjs --tests`.");
  const { stdout } = await execa("python3", [join(PROJECT, "tests", "connectors", "snowflake", "grammar.py")], {
    input: JSON.stringify(statements),
    env: { PYTHONPATH: grammar, PYTHONDONTWRITEBYTECODE: "1" },
  });
  return JSON.parse(stdout) as Complaint[];
}

/** The statements that `collect-statements.mjs` wrote into a file, each once. */
export function collected(file: string): string[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, "utf8").split("\n").filter(Boolean);
  return [...new Set(lines.map(line => JSON.parse(line) as string))];
}
