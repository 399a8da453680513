import { SettingsError } from "../settings.ts";
import { SparkError } from "../spark/errors.ts";

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
