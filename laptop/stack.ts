import { join } from "node:path";
import { identityOf } from "../files/process-identity.ts";
import type { ProcessIdentity } from "../jobs/running.ts";
import { readServices, type Service, type Services } from "../services.ts";
import type { Settings } from "../settings.ts";
import { adopt, launchHash, portOf } from "./adopt.ts";
import { connectConf } from "./connect-conf.ts";
import { startConnectServer } from "./connect-server.ts";
import { endProcess } from "./end-process.ts";
import { laptopFolders, makeFolders } from "./folders.ts";
import { findInstalled } from "./installed.ts";
import { HIVE_VERSION, startMetastore } from "./metastore.ts";
import { freePort } from "./ports.ts";
import { recordService } from "./services-file.ts";

export type StackName = "metastore" | "spark";

/** The laptop stack as this process sees it: `stop` ends what it started or took over, and nothing more. */
export interface Stack {
  services: Services;
  stop(): Promise<void>;
}

export async function startStack(settings: Settings, say: (line: string) => void): Promise<Stack> {
  const installed = await findInstalled(settings);
  const folders = laptopFolders(settings.LAPTOP_DIR);
  makeFolders(folders);
  const owner = identityOf(process.pid)!;
  const owned: StackName[] = [];

  const metastorePort = await ensure("metastore", 9083, launchHash(installed, folders), async (port, record) => {
    const place = { folder: folders.metastore, warehouse: folders.hiveWarehouse, logFile: join(folders.logs, "metastore.log"), port };
    await startMetastore(installed, place, id => record(id, { url: `thrift://127.0.0.1:${port}`, version: HIVE_VERSION }));
  });
  void metastorePort;
  const services = readServices(settings);
  const uri = settings.HIVE_METASTORE_URI ?? services.metastore!.url;
  const ui = await freePort(4040);
  const conf = connectConf(folders, uri, ui);
  const { "spark.ui.port": _, ...lasting } = conf;
  await ensure("spark", 15002, launchHash(installed, lasting), async (port, record) => {
    const logFile = join(folders.logs, "spark.log");
    await startConnectServer({ ...installed, master: "local[*]", conf, port, logFile, folder: folders.spark }, id =>
      record(id, { url: `sc://127.0.0.1:${port}`, version: installed.sparkVersion, ui: `http://127.0.0.1:${ui}` }),
    );
  });
  return { services: readServices(settings), stop };

  async function ensure(
    name: StackName,
    usual: number,
    launch: string,
    start: (port: number, record: (id: ProcessIdentity, rest: object) => void) => Promise<void>,
  ) {
    const recorded = readServices(settings)[name];
    const standing = await adopt(recorded, launch);
    if (standing !== "use") owned.push(name);
    if (standing === "own") recordService(settings, name, { ...recorded!, owner } as never);
    if (standing !== "gone") return portOf(recorded!);
    const port = await freePort(usual);
    say(`starting ${name} on ${port}`);
    await start(port, (id, rest) => recordService(settings, name, { ...id, ...rest, owner, launch } as Service as never));
    return port;
  }

  async function stop() {
    const running = readServices(settings);
    await Promise.all(
      owned.map(async name => {
        const service = running[name];
        if (service) await endProcess(service);
        recordService(settings, name, undefined);
      }),
    );
  }
}
