import { createHash } from "node:crypto";
import { mkdirSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { ProcessIdentity } from "./jobs/running.ts";
import { isComing } from "./set-up.ts";
import { type Settings, SettingsError } from "./settings.ts";
import { replaceFile } from "./system/atomic.ts";
import { readJson, toJson } from "./system/json.ts";

/** One process of the laptop stack, and where it listens. */
export interface Endpoint extends ProcessIdentity {
  url: string;
  version: string;
  /** The process that started it, and ends it. Where that one is dead, the next start takes the service over. */
  owner: ProcessIdentity;
  /** A hash of how it was started: one that would be started otherwise by now is replaced, not taken over. */
  launch: string;
}

/** What `.laptop/services.json` says: where everything listens that this machine started. */
export interface Endpoints {
  /** Its url carries the token that its clients must send; one that was started by hand may have none. */
  spark?: Endpoint & { ui?: string };
  metastore?: Endpoint;
  /** Without a key it has the one that Microsoft publishes for the emulator. */
  azure?: Endpoint & { endpoint: string; account: string; container: string; key?: string };
  snowflake?: Endpoint & { account: string };
  hdfs?: Endpoint & { files: string; user: string };
  /** Started when it is first wanted; its url is `host:port`. */
  kafka?: Endpoint;
  portal?: Endpoint;
}

/** The file of the laptop stack's addresses. */
export function endpointsFile(settings: Pick<Settings, "LAPTOP_DIR">): string {
  return join(settings.LAPTOP_DIR, "services.json");
}

/** Where the laptop stack listens; empty where none was started. */
export function readEndpoints(settings: Pick<Settings, "LAPTOP_DIR">): Endpoints {
  return readJson<Endpoints>(endpointsFile(settings)) ?? {};
}

/** Writes what a service of this machine is, or, without one, that it is no more. */
export function recordEndpoint<N extends keyof Endpoints>(
  settings: Pick<Settings, "LAPTOP_DIR">,
  name: N,
  service: Endpoints[N] | undefined,
): void {
  mkdirSync(settings.LAPTOP_DIR, { recursive: true, mode: 0o700 });
  const { [name]: _, ...others } = readEndpoints(settings);
  replaceFile(endpointsFile(settings), toJson(service ? { ...others, [name]: service } : others), 0o600);
}

/** A short hash of everything that decides how a service runs. */
export function launchHash(...parts: unknown[]): string {
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/** Whether people reach the portal over TLS: that of a proxy in front, which PORTAL_ORIGIN tells, or its own. */
export function isPortalSecure({
  PORTAL_ORIGIN,
  PORTAL_TLS_CERT_FILE,
}: Partial<Pick<Settings, "PORTAL_ORIGIN" | "PORTAL_TLS_CERT_FILE">>): boolean {
  return PORTAL_ORIGIN === undefined ? PORTAL_TLS_CERT_FILE !== undefined : PORTAL_ORIGIN.startsWith("https:");
}

/** The address that people open. `host` is the one that somebody opened it by, where no other is set. */
export function portalAddress(settings: Settings, host?: string): string {
  const { PORTAL_HOST, PORTAL_ORIGIN, PORTAL_PORT } = settings;
  const name = PORTAL_HOST.includes(":") ? `[${PORTAL_HOST}]` : PORTAL_HOST === "0.0.0.0" ? "127.0.0.1" : PORTAL_HOST;
  return PORTAL_ORIGIN ?? `${isPortalSecure(settings) ? "https" : "http"}://${host ?? `${name}:${PORTAL_PORT}`}`;
}

/** Where Spark Connect is: the setting, else the server of the laptop stack or of the worker. */
export function sparkRemote(settings: Settings): string {
  const remote = settings.SPARK_REMOTE ?? readEndpoints(settings).spark?.url;
  if (remote) return remote;
  throw missing(
    settings,
    "Spark",
    "No Spark is set or started: run `npm run laptop`, or write SPARK_REMOTE=sc://host:15002 into .env.",
  );
}

/** Where the Hive Metastore is, for the catalogs that name it. */
export function metastoreUri(settings: Settings): string {
  const uri = settings.HIVE_METASTORE_URI ?? readEndpoints(settings).metastore?.url;
  if (uri) return uri;
  throw missing(
    settings,
    "Hive Metastore",
    "No Hive Metastore is set or started: run `npm run laptop`, or write HIVE_METASTORE_URI=thrift://host:9083 into .env.",
  );
}

/** Settings that lead to HDFS. */
export type HdfsSettings = Pick<
  Settings,
  "WEBHDFS_URL" | "WEBHDFS_USER" | "WEBHDFS_PASSWORD" | "WEBHDFS_HOSTS" | "LAPTOP_DIR"
>;

/** Where WebHDFS is, at which NameNodes, who we are there, and the hosts that it may send us on to. Throws a SettingsError. */
export function webHdfsAddress(settings: HdfsSettings): {
  url: string;
  others: string[];
  user: string;
  password?: string;
  hosts: string[];
} {
  const laptop = settings.WEBHDFS_URL ? undefined : readEndpoints(settings).hdfs;
  const [url, ...others] = (settings.WEBHDFS_URL ?? laptop?.url ?? "").split(/[\s,]+/).filter(Boolean);
  if (url) {
    const password = laptop ? undefined : settings.WEBHDFS_PASSWORD;
    if (password !== undefined && [url, ...others].some(isPlainOutside))
      throw new SettingsError("WEBHDFS_PASSWORD is sent over TLS only: write WEBHDFS_URL=https://… into .env.");
    if (password !== undefined && !settings.WEBHDFS_USER)
      throw new SettingsError("WEBHDFS_PASSWORD needs a user: write WEBHDFS_USER=… into .env.");
    const user = settings.WEBHDFS_USER ?? laptop?.user ?? userInfo().username;
    const hosts = settings.WEBHDFS_HOSTS?.split(/[\s,]+/).filter(Boolean) ?? [];
    return { url, others, user, ...(password !== undefined && { password }), hosts };
  }
  throw missing(
    settings,
    "HDFS",
    "No HDFS is set or started: run `npm run laptop`, or write WEBHDFS_URL=http://namenode:9870 into .env, or name a folder of this machine as SCRIPTS_DIR.",
  );
}

// What a first start has not brought yet is not missing.
function missing(settings: Pick<Settings, "LAPTOP_DIR">, title: string, sentence: string): SettingsError {
  return new SettingsError(
    isComing(settings, title, `Hadoop for a small ${title}`)
      ? `${title} is not there yet: the set-up is going on, and the overview shows how far it is. Try again then.`
      : sentence,
  );
}

function isPlainOutside(url: string): boolean {
  const { protocol, hostname } = new URL(url);
  return protocol === "http:" && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Published by Microsoft for its emulator, the same on every machine: it opens nothing but a laptop's own Azurite. */
export const EMULATOR_KEY = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

/** Where the Azure Blob storage of the target is: of the settings, else of the laptop stack. It needs no key to know. */
export function azurePlace(
  settings: Pick<Settings, "AZURE_ACCOUNT" | "AZURE_CONTAINER" | "AZURE_ENDPOINT" | "LAPTOP_DIR">,
): { account: string; container: string; endpoint: string } | undefined {
  const { AZURE_ACCOUNT: account, AZURE_CONTAINER: container = "lake", AZURE_ENDPOINT } = settings;
  if (account) return { account, container, endpoint: AZURE_ENDPOINT ?? `https://${account}.blob.core.windows.net` };
  const laptop = readEndpoints(settings).azure;
  return laptop && { account: laptop.account, container: laptop.container, endpoint: laptop.endpoint };
}
