import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { EMULATOR_KEY } from "../../core/endpoints.ts";
import { PROJECT } from "../../core/settings.ts";
import { answers } from "../../laptop/ports.ts";
import { installedAzurite } from "../../laptop/servers/azurite.ts";
import { duckdbExtensions } from "../../laptop/servers/stand-in.ts";
import { standInEnvironment } from "../../laptop/snowflake-stand-in/configuration.ts";
import { settings } from "../engines/lake.ts";
import { ownPort } from "../laptop/own-port.ts";
import { faultyProxy } from "./faulty-proxy.ts";

/** An Azurite and a stand-in that may be killed. Spark reaches Azurite through the proxy, the stand-in directly. */
export interface Cloud {
  environment: Record<string, string>;
  azurite: Restartable;
  standIn: Restartable;
  proxy: Awaited<ReturnType<typeof faultyProxy>>;
}

interface Restartable {
  kill(signal?: NodeJS.Signals): Promise<void>;
  start(): Promise<void>;
}

/** Starts a cloud of the test's own: that of the run serves the other tests. It ends with the test. */
export async function ownCloud(t: { after(end: () => void | Promise<void>): void }): Promise<Cloud> {
  const folder = mkdtempSync(join(tmpdir(), "portal-cloud-"));
  mkdirSync(join(folder, "snowflake"));
  writeFileSync(join(folder, "snowflake", "password"), "only-here");
  const ports = { azure: await ownPort(), snowflake: await ownPort() };
  const endpoint = `http://127.0.0.1:${ports.azure}/devstoreaccount1`;
  const proxy = await faultyProxy(t, endpoint);
  const nobody = { pid: 0, start: "0", bootId: "" };
  const process = { ...nobody, version: "", owner: nobody, launch: "" };
  const through = { url: proxy.endpoint, endpoint: proxy.endpoint };
  const azure = { ...process, ...through, account: "devstoreaccount1", container: "lake" };
  const snowflake = { ...process, url: `http://127.0.0.1:${ports.snowflake}`, account: "LOCAL" };
  writeFileSync(join(folder, "services.json"), JSON.stringify({ azure, snowflake }));
  const { program: azuriteProgram } = await installedAzurite(settings);
  const azurite = restartable(
    ports.azure,
    [
      azuriteProgram,
      "--location",
      join(folder, "azure"),
      "--blobHost",
      "127.0.0.1",
      "--blobPort",
      String(ports.azure),
      "--skipApiVersionCheck",
      "--silent",
      "--disableTelemetry",
    ],
    {},
  );
  const standIn = restartable(
    ports.snowflake,
    [join(PROJECT, "laptop", "snowflake-stand-in", "main.ts")],
    standInEnvironment({
      folder: join(folder, "snowflake"),
      port: ports.snowflake,
      password: "only-here",
      publicKeys: [],
      azure: { endpoint, account: "devstoreaccount1", key: EMULATOR_KEY },
      extensions: duckdbExtensions(settings),
      holdMilliseconds: 40_000,
    }),
  );
  await azurite.start();
  await standIn.start();
  t.after(async () => {
    await azurite.kill();
    await standIn.kill();
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    environment: { LAPTOP_DIR: folder, AZURE_CATALOG_URI: `jdbc:sqlite:${join(folder, "azure.db")}` },
    azurite,
    standIn,
    proxy,
  };
}

function restartable(port: number, parameters: string[], environment: Record<string, string>): Restartable {
  let child: ChildProcess | undefined;
  return {
    async start() {
      child = spawn(process.execPath, parameters, {
        stdio: "ignore",
        env: { PATH: process.env.PATH, HOME: process.env.HOME, ...environment },
      });
      while (!(await answers(port))) await pause(50);
    },
    async kill(signal = "SIGKILL") {
      const dying = child;
      if (!dying || dying.exitCode !== null || dying.signalCode !== null) return;
      dying.kill(signal);
      await once(dying, "exit");
    },
  };
}
