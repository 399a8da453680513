import { closeSync, openSync, writeSync } from "node:fs";
import { relative } from "node:path";
import type { Claim } from "../../core/jobs/running.ts";
import { logFile, runningFiles } from "../../core/store/layout.ts";
import type { Context } from "../context.ts";
import { type EngineProcess, engineProcess } from "./engine-process.ts";
import type { WarmEngines } from "./warm-engine.ts";

/** Gives a claim to the engine that waits for one, or starts one for it. The first line of its log is the command. */
export function launchEngine(context: Context, claim: Claim, warmEngines: WarmEngines): EngineProcess {
  const { layout, engineCommand } = context;
  const claimFile = runningFiles(layout, claim.id).claim;
  const log = logFile(layout, claim.id, claim.attempt);
  const shown = ["node", ...engineCommand.slice(1), "--claim", relative(layout.root, claimFile)];
  const firstLine = `$ ${shown.join(" ")}\n`;
  return warmEngines.take(claimFile, log, firstLine) ?? startEngine();

  function startEngine(): EngineProcess {
    const output = openSync(log, "a", 0o600);
    try {
      writeSync(output, firstLine);
      return engineProcess(context, ["--claim", claimFile], output, "ignore");
    } finally {
      closeSync(output);
    }
  }
}
