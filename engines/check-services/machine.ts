import { accessSync, constants } from "node:fs";
import { findInstalled } from "../../core/installed.ts";
import type { Settings } from "../../core/settings.ts";
import { freeBytes, layoutOf, prepareLayout } from "../../core/store/layout.ts";
import { run } from "../../setup/child.mjs";
import { findJava } from "../../setup/parts/java.mjs";
import { type Check, Fault } from "./service-check.ts";

/** Looks at this machine: Node, the folders and their disk, and what a Spark of our own needs where none is set. */
export function machineChecks(settings: Settings): Check[] {
  const ownSpark: Check[] = [
    { name: "python", run: python },
    { name: "java", run: () => java(settings) },
    { name: "installed", run: () => installed(settings) },
  ];
  return [
    { name: "node", run: node },
    ...(settings.SPARK_REMOTE === undefined ? ownSpark : []),
    { name: "folders", run: () => folders(settings) },
    { name: "disk", run: () => disk(settings) },
  ];
}

function node(): string[] {
  if (Number(process.versions.node.split(".")[0]) >= 24) return [process.version];
  throw new Fault(
    `This is Node ${process.version}, and 24 is needed.`,
    "Start it with `npm run`, which finds the right one.",
  );
}

async function python(): Promise<string[]> {
  for (const program of ["python3", "python"]) {
    const { code, output } = await run(program, ["--version"]);
    const [, major, minor] = /^Python (\d+)\.(\d+)/.exec(output) ?? [];
    if (code === 0 && Number(major) === 3 && Number(minor) >= 10) return [output.trim()];
  }
  throw new Fault("Python 3.10 or newer was not found.", "Install it (Debian: `apt-get install python3 python3-pip`).");
}

async function java({ CACHE_DIR }: Settings): Promise<string[]> {
  const found = await findJava({ ...process.env, CACHE_DIR });
  if (!found)
    throw new Fault("Java 17 or newer was not found.", "Run `node setup.mjs`, which installs one for this project.");
  const { output } = await run(found, ["-version"]);
  return [`${output.split("\n")[0]?.trim()} (${found})`];
}

async function installed(settings: Settings): Promise<string[]> {
  const { sparkVersion, sparkHome, jars } = await findInstalled(settings);
  return [`Spark ${sparkVersion} in ${sparkHome}`, `${jars.length} jars beside it`];
}

function folders(settings: Settings): string[] {
  const layout = layoutOf(settings.DATA_DIR);
  prepareLayout(layout);
  for (const folder of [layout.queue, layout.running, layout.logs, layout.archive])
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  return [`queue/, logs/ and archive/ on one disk in ${layout.root}`];
}

function disk({ DATA_DIR, MIN_FREE_MB }: Settings): string[] {
  const free = Math.floor(freeBytes(DATA_DIR) / 1024 ** 2);
  if (free >= MIN_FREE_MB) return [`${free} MB free`];
  throw new Fault(
    `Only ${free} MB are free on the disk of ${DATA_DIR}, and no new jobs are started.`,
    `Make room, or lower MIN_FREE_MB=${MIN_FREE_MB}.`,
  );
}
