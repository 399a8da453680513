import { closeSync, openSync, writeSync } from "node:fs";
import { relative } from "node:path";
import { logFile, runningFiles } from "../files/layout.ts";
import type { Claim } from "../jobs/running.ts";
import type { Context } from "./context.ts";
import { type EngineProcess, engineProcess } from "./engine-process.ts";
import type { Spares } from "./spare.ts";

/** Gives a claim to the engine that waits for one, or starts one for it. The first line of its log is the command. */
export function launchEngine(context: Context, claim: Claim, spares: Spares): EngineProcess {
  const { layout, engineCommand } = context;
  const claimFile = runningFiles(layout, claim.id).claim;
  const log = logFile(layout, claim.id, claim.attempt);
  const shown = ["node", ...engineCommand.slice(1), "--claim", relative(layout.root, claimFile)];
  const firstLine = `$ ${shown.join(" ")}\n`;
  return spares.take(claimFile, log, firstLine) ?? startEngine();

  function startEngine(): EngineProcess {
    const output = openSync(log, "a", 0o640);
    try {
      writeSync(output, firstLine);
      return engineProcess(context, ["--claim", claimFile], output, "ignore");
    } finally {
      closeSync(output);
    }
  }
}
