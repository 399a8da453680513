import { readFileSync } from "node:fs";
import { join } from "node:path";
import { launchHash } from "../endpoints.ts";
import { PROJECT, type Settings } from "../settings.ts";
import type { ServicePlan } from "./ensure.ts";
import { laptopFolders } from "./folders.ts";
import { launch } from "./launch.ts";

const PACKAGE = join(PROJECT, "node_modules", "azurite");
const ACCOUNT = "devstoreaccount1";
const CONTAINER = "lake";

/** How Azurite, Microsoft's emulator of Azure Blob, is started. */
export function azuritePlan(settings: Pick<Settings, "LAPTOP_DIR">): ServicePlan<"azure"> {
  const { azure: folder, logs } = laptopFolders(settings.LAPTOP_DIR);
  const { version } = JSON.parse(readFileSync(join(PACKAGE, "package.json"), "utf8")) as { version: string };
  const title = `Azurite ${version}`;
  return {
    name: "azure",
    title,
    usualPort: 10_000,
    launch: launchHash(version, folder),
    describe: port => {
      const url = `http://127.0.0.1:${port}`;
      return { url, version, endpoint: `${url}/${ACCOUNT}`, account: ACCOUNT, container: CONTAINER };
    },
    start: (port, started) =>
      launch(
        {
          title,
          program: process.execPath,
          args: [
            join(PACKAGE, "dist", "src", "blob", "main.js"),
            ...["--location", folder, "--blobHost", "127.0.0.1", "--blobPort", String(port)],
            ...["--skipApiVersionCheck", "--silent", "--disableTelemetry"],
          ],
          ...{ cwd: folder, logFile: join(logs, "azure.log"), port },
        },
        started,
      ),
  };
}
