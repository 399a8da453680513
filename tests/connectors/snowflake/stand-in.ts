import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import type { SnowflakeAddress } from "../../../connectors/snowflake/address.ts";
import { openSnowflake, type Snowflake } from "../../../connectors/snowflake/connect.ts";
import { PROJECT, readSettings } from "../../../core/settings.ts";
import { duckdbExtensions } from "../../../laptop/servers/stand-in.ts";
import { type Configuration, standInEnvironment } from "../../../laptop/snowflake-stand-in/configuration.ts";
import { type Azurite, type Ending, temporaryFolder } from "./azurite.ts";

/** A stand-in of a test's own, as a process. */
export type StandIn = Awaited<ReturnType<typeof startStandIn>>;

const PASSWORD = "only this test knows it";
const EXTENSIONS = duckdbExtensions(readSettings());

/** Why tests with a stand-in can't run here, if they can't. */
export const noStandIn =
  EXTENSIONS.length < 4 && "DuckDB's extensions are not installed: run `node setup.mjs --tests`.";

/** Starts a stand-in on a free port; it ends with the test. A second one in the same folder finds what the first left. */
export async function startStandIn(t: Ending, azurite?: Azurite, change: Partial<Configuration> = {}) {
  const nowhere = { endpoint: "http://127.0.0.1:1", account: "testaccount", key: "bm8ga2V5" };
  const configuration: Configuration = {
    folder: change.folder ?? temporaryFolder(t, "stand-in"),
    port: 0,
    password: PASSWORD,
    publicKeys: [],
    azure: azurite ?? nowhere,
    extensions: EXTENSIONS,
    holdMilliseconds: 40_000,
    ...change,
  };
  const program = join(PROJECT, "laptop", "snowflake-stand-in", "main.ts");
  const env = { PATH: process.env.PATH, ...standInEnvironment(configuration) };
  const child = spawn(process.execPath, [program], { env, stdio: ["ignore", "pipe", "inherit"] });
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
    child.kill("SIGTERM");
    await once(child, "exit");
    return child.exitCode;
  };
  t.after(async () => void (await stop()));
  const lines = createInterface(child.stdout);
  const ended = once(child, "exit").then(([code]) => Promise.reject(new Error(`the stand-in ended with ${code}`)));
  ended.catch(() => {});
  const [line] = (await Promise.race([once(lines, "line"), ended])) as [string];
  const address: SnowflakeAddress = {
    ...{ account: "local", url: /http:\S+/.exec(line)?.[0] ?? "", standIn: true, user: "PORTAL", password: PASSWORD },
    ...{ database: "portal", schema: "public", volume: "portal_volume", integration: "portal_catalog" },
  };
  return { address, folder: configuration.folder, line, stop };
}

/** A session in a stand-in; it is closed with the test. */
export async function login(t: Ending, address: SnowflakeAddress): Promise<Snowflake> {
  const snowflake = await openSnowflake(address);
  t.after(() => snowflake.close());
  return snowflake;
}

/** Writes what services.json and the password file say of a stand-in. */
export function announce(folder: string, standIn: StandIn): void {
  const passwordFile = join(folder, "snowflake", "password");
  mkdirSync(dirname(passwordFile), { recursive: true });
  writeFileSync(passwordFile, PASSWORD);
  const { url, account } = standIn.address;
  writeFileSync(join(folder, "services.json"), JSON.stringify({ snowflake: { url, account } }));
}
