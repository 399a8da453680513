import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Endpoints, readEndpoints } from "../core/endpoints.ts";
import { findInstalled } from "../core/installed.ts";
import { readSettings, type Settings, settingsShape } from "../core/settings.ts";
import { endProcess } from "../core/system/end-process.ts";
import { isAlive } from "../core/system/process-identity.ts";
import { laptopFolders } from "../laptop/folders.ts";
import { laptopStack, type Stack } from "../laptop/stack.ts";
import { startOnRequest } from "../laptop/start-on-request.ts";
import { askOnce } from "../laptop/warm.ts";

const PREFIX = "portal-test-stack-";

let stack: Stack | undefined;
let folder: string | undefined;
let unwatch = () => {};

/** Starts one laptop stack for the whole run, or uses the one that runs in TEST_STACK, and tells its addresses to every test. */
export async function startStack(): Promise<void> {
  const settings = readSettings();
  const root = process.env.TEST_STACK ?? mkdtempSync(join(tmpdir(), PREFIX));
  const folders = laptopFolders(root);
  forgetSettings(settings);
  process.env.LAPTOP_DIR = root;
  const services = process.env.TEST_STACK ? running(root) : await startOne(root);
  const { sparkHome, java, jars } = await findInstalled(settings);
  Object.assign(process.env, {
    DATA_DIR: join(root, "data"),
    SPARK_REMOTE: services.spark?.url,
    HIVE_METASTORE_URI: services.metastore?.url,
    LAKE_WAREHOUSE: `file:${folders.lakeWarehouse}`,
    AZURE_CATALOG_URI: `jdbc:sqlite:${join(root, "azure.db")}`,
    SPARK_HOME: sparkHome,
    SPARK_JARS: jars.join(","),
    SPARK_JAVA: java,
  });
}

/** Ends what was started for the run. */
export async function endStack(): Promise<void> {
  unwatch();
  await stack?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
}

// No test may reach what somebody's .env names: an empty setting hides the line in that file.
function forgetSettings(settings: Settings): void {
  for (const name of Object.keys(settingsShape.shape)) process.env[name] = "";
  process.env.CACHE_DIR = settings.CACHE_DIR;
}

async function startOne(root: string): Promise<Endpoints> {
  await endForgotten();
  folder = root;
  stack = laptopStack(readSettings(), "tests");
  const began = Date.now();
  try {
    const services = await stack.start(
      () => {},
      () => console.log("Another start is going on on this machine: waiting for it."),
    );
    if (services.spark) await askOnce(services.spark.url);
    unwatch = startOnRequest(stack, readSettings(), { onStarted: () => {}, onFailed: error => console.error(error) });
    console.log(
      `Spark, Hive Metastore, Azurite and Snowflake stand-in for this run: ${Math.round((Date.now() - began) / 1000)} s`,
    );
    return services;
  } catch (error) {
    await endStack();
    throw error;
  }
}

function running(root: string): Endpoints {
  const services = readEndpoints({ LAPTOP_DIR: root });
  const needed = [services.spark, services.metastore, services.azure, services.snowflake];
  if (needed.every(service => service && isAlive(service))) return services;
  throw new Error(`No stack runs in ${root}: start it (LAPTOP_DIR=${root} npm run laptop), or unset TEST_STACK.`);
}

// A run that was killed could not end its stack, nor a file its broker.
async function endForgotten(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter(entry => /^portal-(test-stack|kafka)-/.test(entry))) {
    const root = join(tmpdir(), name);
    const services = Object.values(readEndpoints({ LAPTOP_DIR: root }));
    if (services.length === 0 || services.some(service => isAlive(service.owner))) continue;
    for (const service of services) await endProcess(service);
    rmSync(root, { recursive: true, force: true });
  }
}
