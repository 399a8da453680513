import { accessSync, constants } from "node:fs";
import { layoutOf, prepareLayout } from "../../files/layout.ts";
import { findInstalled } from "../../installed.ts";
import type { Settings } from "../../settings.ts";
import { run } from "../../setup/child.mjs";
import { findJava } from "../../setup/java.mjs";
import { freeBytes } from "../../worker/disk.ts";
import { type Check, check } from "./check.ts";

/** Looks at this machine: Node, and what a Spark of our own needs where none is set. */
export async function machineChecks(settings: Settings): Promise<Check[]> {
  const needed = settings.SPARK_REMOTE === undefined;
  const ifNeeded = (look: () => Promise<string>) => (needed ? look() : "not needed: SPARK_REMOTE is set");
  return [
    await check("node", node),
    await check("python", () => ifNeeded(python)),
    await check("java", () => ifNeeded(() => java(settings))),
    await check("installed", () => ifNeeded(() => installed(settings))),
    await check("folders", () => folders(settings)),
  ];
}

function node(): string {
  if (Number(process.versions.node.split(".")[0]) >= 24) return process.version;
  throw new Error(
    `This is Node ${process.version}, and 24 is needed: start it with \`npm run\`, which finds the right one.`,
  );
}

async function python(): Promise<string> {
  for (const program of ["python3", "python"]) {
    const { code, output } = await run(program, ["--version"]);
    const [, major, minor] = /^Python (\d+)\.(\d+)/.exec(output) ?? [];
    if (code === 0 && Number(major) === 3 && Number(minor) >= 10) return output.trim();
  }
  throw new Error("Python 3.10 or newer was not found: install it (Debian: `apt-get install python3 python3-pip`).");
}

async function java({ CACHE_DIR }: Settings): Promise<string> {
  const found = await findJava({ ...process.env, CACHE_DIR });
  if (!found)
    throw new Error("Java 17 or newer was not found: run `node setup.mjs`, which installs one for this project.");
  const { output } = await run(found, ["-version"]);
  return `${output.split("\n")[0]?.trim()} (${found})`;
}

async function installed(settings: Settings): Promise<string> {
  const { sparkVersion, sparkHome, jars } = await findInstalled(settings);
  return `Spark ${sparkVersion} in ${sparkHome}, ${jars.length} jars beside it`;
}

function folders(settings: Settings): string {
  const layout = layoutOf(settings.DATA_DIR);
  prepareLayout(layout);
  for (const folder of [layout.queue, layout.running, layout.logs, layout.archive])
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
  const free = Math.floor(freeBytes(layout.root) / 1024 ** 2);
  if (free >= settings.MIN_FREE_MB) return `queue/, logs/ and archive/ on one disk in ${layout.root}, ${free} MB free`;
  throw new Error(
    `Only ${free} MB are free on the disk of ${layout.root}: make room, or lower MIN_FREE_MB=${settings.MIN_FREE_MB}.`,
  );
}
