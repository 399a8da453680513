import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { launchHash } from "../../core/endpoints.ts";
import type { Settings } from "../../core/settings.ts";
import { createFile } from "../../core/system/atomic.ts";
import { ensureAzurite } from "../../setup/parts/azurite.mjs";
import type { ServicePlan } from "../ensure.ts";
import { laptopFolders } from "../folders.ts";
import { launch } from "../launch.ts";

const ACCOUNT = "devstoreaccount1";
const CONTAINER = "lake";

/** How Azurite, Microsoft's emulator of Azure Blob, is started. */
export async function azuritePlan(settings: Pick<Settings, "CACHE_DIR" | "LAPTOP_DIR">): Promise<ServicePlan<"azure">> {
  const { azure: folder, logs } = laptopFolders(settings.LAPTOP_DIR);
  const { program, version } = await installedAzurite(settings);
  const title = `Azurite ${version}`;
  // Microsoft publishes the emulator's key: with it every user of the machine could read and change the tables.
  const key = keptSecret(join(settings.LAPTOP_DIR, "azure.key"), 64);
  return {
    name: "azure",
    title,
    usualPort: 10_000,
    launch: launchHash(version, folder, key),
    describe: port => {
      const url = `http://127.0.0.1:${port}`;
      return { url, version, endpoint: `${url}/${ACCOUNT}`, account: ACCOUNT, container: CONTAINER, key };
    },
    start: (port, started) =>
      launch(
        {
          title,
          program: process.execPath,
          args: [
            program,
            ...["--location", folder, "--blobHost", "127.0.0.1", "--blobPort", String(port)],
            ...["--skipApiVersionCheck", "--silent", "--disableTelemetry"],
          ],
          environment: { AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
          ...{ cwd: folder, logFile: join(logs, "azure.log"), port },
        },
        started,
      ),
  };
}

/** The program of Azurite's blob service. It is installed by the first who asks, if no set-up has done it. */
export async function installedAzurite({ CACHE_DIR }: Pick<Settings, "CACHE_DIR">) {
  const folder = await ensureAzurite({ ...process.env, CACHE_DIR });
  const { version } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as { version: string };
  return { program: join(folder, "dist", "src", "blob", "main.js"), version };
}

/** A secret of the laptop stack, in base64. Made once, so that a service that was left running still knows it. */
export function keptSecret(file: string, bytes: number): string {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    createFile(file, `${randomBytes(bytes).toString("base64")}\n`, 0o600);
  }
  return readFileSync(file, "utf8").trim();
}
