import { existsSync } from "node:fs";
import { join } from "node:path";
import { standInPasswordFile } from "../../connectors/snowflake/address.ts";
import { EMULATOR_KEY, launchHash } from "../../core/endpoints.ts";
import { PROJECT, type Settings, SettingsError } from "../../core/settings.ts";
import { cacheLayout, DUCKDB_EXTENSIONS } from "../../setup/layout.mjs";
import type { ServicePlan } from "../ensure.ts";
import { laptopFolders } from "../folders.ts";
import { launch } from "../launch.ts";
import { ACCOUNT, type Configuration, standInEnvironment } from "../snowflake-stand-in/configuration.ts";
import { keptSecret } from "./azurite.ts";

/** How the stand-in for Snowflake is started, for the Azurite given. An Azure of the user's own it can't read. */
export function standInPlan(
  settings: Settings,
  azurite?: Pick<Configuration["azure"], "endpoint" | "account"> & { key?: string },
): ServicePlan<"snowflake"> {
  const azure = azurite ?? { endpoint: "http://127.0.0.1:1", account: settings.AZURE_ACCOUNT ?? "none" };
  const { snowflake: folder, logs } = laptopFolders(settings.LAPTOP_DIR);
  const configuration = {
    folder,
    password: settings.SNOWFLAKE_PASSWORD ?? keptSecret(standInPasswordFile(settings), 24),
    publicKeys: [],
    azure: { endpoint: azure.endpoint, account: azure.account, key: azurite?.key ?? EMULATOR_KEY },
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
          environment: standInEnvironment({ ...configuration, port }),
          ...{ cwd: folder, logFile: join(logs, "snowflake.log"), port },
        },
        started,
      ),
  };
}

function installedExtensions(settings: Settings): string[] {
  const found = duckdbExtensions(settings);
  if (found.length === DUCKDB_EXTENSIONS.length) return found;
  throw new SettingsError(
    "Not installed: DuckDB's extensions, which the Snowflake stand-in reads tables with. Run `node setup.mjs`, which installs what is missing.",
  );
}

/** The DuckDB extensions in the order in which they have to be loaded; those that are not installed are left out. */
export function duckdbExtensions(settings: Pick<Settings, "CACHE_DIR">): string[] {
  const folder = cacheLayout(settings.CACHE_DIR).duckdb;
  return DUCKDB_EXTENSIONS.map(name => join(folder, `${name}.duckdb_extension`)).filter(path => existsSync(path));
}
