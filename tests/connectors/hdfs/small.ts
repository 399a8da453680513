import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Hdfs, webHdfs } from "../../../connectors/hdfs/webhdfs.ts";
import { recordEndpoint, webHdfsAddress } from "../../../core/endpoints.ts";
import { findInstalled } from "../../../core/installed.ts";
import type { ProcessIdentity } from "../../../core/jobs/running.ts";
import { readSettings, type Settings } from "../../../core/settings.ts";
import { endProcess } from "../../../core/system/end-process.ts";
import { identityOf } from "../../../core/system/process-identity.ts";
import { laptopFolders, makeFolders } from "../../../laptop/folders.ts";
import { hdfsPlan } from "../../../laptop/servers/hdfs.ts";
import { ownPort } from "../../laptop/own-port.ts";

/** A real small HDFS of a test's own, in a laptop folder of its own. */
export interface SmallHdfs {
  /** Settings that find it: scripts lie in `hdfs:///my_project/scripts`. */
  settings: Settings;
  url: string;
  process: ProcessIdentity;
  hdfs: Hdfs;
  stop(): Promise<void>;
  /** Starts it again, on the same files and port. */
  start(): Promise<void>;
}

/** Starts one; whoever calls this calls `remove` when all is done. */
export async function startSmallHdfs(): Promise<SmallHdfs & { remove(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "portal-hdfs-"));
  const settings = {
    ...readSettings({ ...process.env, LAPTOP_DIR: folder, DATA_DIR: join(folder, "data") }, "/nowhere/.env"),
    WEBHDFS_URL: undefined,
    SCRIPTS_DIR: "hdfs:///my_project/scripts",
  } as unknown as Settings;
  makeFolders(laptopFolders(folder));
  const port = await ownPort();
  const plan = hdfsPlan(settings, await findInstalled(settings), await ownPort());
  let running: ProcessIdentity | undefined;
  const start = () =>
    plan.start(port, identity => {
      running = identity;
      const owner = identityOf(process.pid)!;
      recordEndpoint(settings, "hdfs", { ...plan.describe(port), ...identity, owner, launch: plan.launch });
    });
  const stop = async () => {
    if (running) await endProcess(running);
  };
  const remove = async () => {
    await stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await remove();
    throw error;
  }
  return {
    ...{ settings, url: plan.describe(port).url, hdfs: webHdfs(webHdfsAddress(settings)), start, stop, remove },
    get process() {
      return running!;
    },
  };
}
