import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureContainer } from "../../connectors/azure/container.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { openTableSession } from "../../connectors/iceberg/session.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { findInstalled, type Installed } from "../../core/installed.ts";
import { readSettings, type Settings, settingsShape } from "../../core/settings.ts";
import { layoutOf, prepareLayout } from "../../core/store/layout.ts";
import { laptopFolders, makeFolders } from "../../laptop/folders.ts";
import { laptopStack } from "../../laptop/stack.ts";
import { askOnce, writeOnce } from "../../laptop/warm.ts";

/** A warm laptop stack for one benchmark, with a data folder of the benchmark's own. */
export interface Bench {
  settings: Settings;
  installed: Installed;
  /** A session that moves tables, with the catalogs attached. */
  session(): Promise<Session>;
  /** Does something before the stack ends, also where Ctrl-C ends it; what was asked for last comes first. */
  atEnd(work: () => unknown): void;
  end(): Promise<void>;
}

/** Starts a stack in a temporary folder, or uses the one that runs in BENCH_STACK; no setting of `.env` reaches it. */
export async function benchStack(): Promise<Bench> {
  const { CACHE_DIR } = readSettings();
  const given = process.env.BENCH_STACK;
  const folder = mkdtempSync(join(tmpdir(), "portal-bench-"));
  for (const name of Object.keys(settingsShape.shape)) process.env[name] = "";
  Object.assign(process.env, {
    CACHE_DIR,
    LAPTOP_DIR: given ?? join(folder, "laptop"),
    DATA_DIR: join(folder, "data"),
  });
  const settings = readSettings();
  const stack = given ? undefined : laptopStack(settings);
  const open: Session[] = [];
  const before: (() => unknown)[] = [];
  const end = async () => {
    for (const work of before.splice(0).reverse()) await work();
    for (const session of open) {
      await session.release().catch(() => undefined);
      session.close();
    }
    await stack?.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  const atEnd = (work: () => unknown) => void before.push(work);
  for (const signal of ["SIGINT", "SIGTERM"] as const)
    process.once(signal, () => void end().then(() => process.exit(130)));
  try {
    makeFolders(laptopFolders(settings.LAPTOP_DIR));
    await stack?.start(
      ({ title, seconds }) => console.log(`${title}: ${seconds.toFixed(1)} s`),
      () => console.log("waiting for another start on this machine"),
    );
    prepareLayout(layoutOf(settings.DATA_DIR));
    const spark = readEndpoints(settings).spark?.url ?? "";
    await askOnce(spark);
    await writeOnce(spark, laptopFolders(settings.LAPTOP_DIR).temporary);
    await ensureContainer(settings, "azure");
    return { settings, installed: await findInstalled(settings), session: () => attached(settings, open), atEnd, end };
  } catch (error) {
    await end();
    throw error;
  }
}

async function attached(settings: Settings, open: Session[]): Promise<Session> {
  const session = await openTableSession(settings);
  open.push(session);
  await attachCatalogs(session, settings, ["hive", "lake", "azure"]);
  return session;
}
