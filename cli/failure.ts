import { resolve } from "node:path";
import { SparkError } from "../connectors/spark/errors.ts";
import { readSettings, type Settings, SettingsError } from "../core/settings.ts";
import { type Layout, layoutOf, prepareLayout } from "../core/store/layout.ts";
import { makeFilesPrivate } from "../core/system/private.ts";
import { trustAuthorities } from "../core/tls/authorities.ts";

/** What a command could not do, said to the person who typed it; the exit code goes with it. */
export class CommandError extends Error {
  override name = "CommandError";
  readonly exitCode: number;

  constructor(message: string, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs a command to its exit code. What a person can mend is told in a sentence, all else with its stack. */
export async function runCommand(command: () => number | Promise<number>): Promise<void> {
  // Who reads only the first lines, as `head` does, is no failure.
  process.stdout.on("error", () => process.exit());
  try {
    process.exitCode = await command();
  } catch (error) {
    console.error(isKnown(error) ? (error as Error).message : error);
    process.exitCode = error instanceof CommandError ? error.exitCode : 1;
  }
}

function isKnown(error: unknown): boolean {
  if (error instanceof CommandError || error instanceof SettingsError || error instanceof SparkError) return true;
  const { code } = error as NodeJS.ErrnoException;
  return typeof code === "string" && /^(E[A-Z]+|ERR_PARSE_ARGS_.*)$/.test(code);
}

/** What every command works on: the settings, and the folders of DATA_DIR, which are made where they are missing. */
export function openProject(): { settings: Settings; layout: Layout } {
  makeFilesPrivate();
  const settings = readSettings();
  trustAuthorities(settings);
  const layout = layoutOf(settings.DATA_DIR);
  prepareLayout(layout);
  return { settings, layout };
}

/** A path as the person who typed it means it: npm runs commands in the folder of the project, not in theirs. */
export function typedPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}
