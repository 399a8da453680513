import { randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { launchHash } from "../endpoints.ts";
import { createFile } from "../files/atomic.ts";
import { PROJECT, type Settings, SettingsError } from "../settings.ts";
import { DUCKDB_EXTENSIONS } from "../setup/layout.mjs";
import { standInPasswordFile } from "../snowflake/address.ts";
import { EMULATOR_KEY } from "../tables/azure.ts";
import type { ServicePlan } from "./ensure.ts";
import { laptopFolders } from "./folders.ts";
import { duckdbExtensions } from "./installed.ts";
import { launch } from "./launch.ts";
import { ACCOUNT, type Configuration, environmentOf } from "./snowflake-stand-in/configuration.ts";

/** How the stand-in for Snowflake is started, for the Azurite given. An Azure of the user's own it can't read. */
export function standInPlan(
  settings: Settings,
  azurite?: Pick<Configuration["azure"], "endpoint" | "account">,
): ServicePlan<"snowflake"> {
  const azure = azurite ?? { endpoint: "http://127.0.0.1:1", account: settings.AZURE_ACCOUNT ?? "none" };
  const { snowflake: folder, logs } = laptopFolders(settings.LAPTOP_DIR);
  const configuration = {
    folder,
    password: settings.SNOWFLAKE_PASSWORD ?? keptPassword(standInPasswordFile(settings)),
    publicKeys: [],
    azure: { endpoint: azure.endpoint, account: azure.account, key: EMULATOR_KEY },
    extensions: installedExtensions(settings),
    holdMilliseconds: 40_000,
  } satisfies Omit<Configuration, "port">;
  const title = "Snowflake stand-in";
  return {
    name: "snowflake",
    title,
    usualPort: 8765,
    launch: launchHash(configuration),
    describe: port => ({ url: `http://127.0.0.1:${port}`, version: "local", account: ACCOUNT }),
    start: (port, started) =>
      launch(
        {
          title,
          program: process.execPath,
          args: [join(PROJECT, "laptop", "snowflake-stand-in", "main.ts")],
          environment: environmentOf({ ...configuration, port }),
          ...{ cwd: folder, logFile: join(logs, "snowflake.log"), port },
        },
        started,
      ),
  };
}

// Made once, so that one that was left running can still be logged in to.
function keptPassword(file: string): string {
  if (!existsSync(file)) createFile(file, `${randomBytes(24).toString("base64url")}\n`, 0o600);
  return readFileSync(file, "utf8").trim();
}

function installedExtensions(settings: Settings): string[] {
  const found = duckdbExtensions(settings);
  if (found.length === DUCKDB_EXTENSIONS.length) return found;
  throw new SettingsError(
    "Not installed: DuckDB's extensions, which the Snowflake stand-in reads tables with. Run `node setup.mjs`, which installs what is missing.",
  );
}
