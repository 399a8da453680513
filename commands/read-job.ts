import { readFileSync } from "node:fs";
import { jobTypes } from "../engines/list.ts";
import type { JobFile } from "../jobs/envelope.ts";
import { parseJobFile } from "../jobs/parse.ts";
import { EXIT } from "../jobs/states.ts";
import { CommandError } from "./failure.ts";
import { typedPath } from "./open.ts";

/** Reads a job file that somebody typed the name of, and checks all of it as the worker will. */
export function readJob(file: string): JobFile {
  const parsed = parseJobFile(readFileSync(typedPath(file)), jobTypes);
  if (parsed.ok) return parsed.file;
  throw new CommandError(
    `${file} is not a good job file:\n${parsed.problems.map(problem => `  ${problem}`).join("\n")}`,
    EXIT.badJob,
  );
}
