import { azurePlace } from "../../core/endpoints.ts";
import type { Settings } from "../../core/settings.ts";

type PlaceSettings = Pick<
  Settings,
  "FILES_FROM" | "AZURE_ACCOUNT" | "AZURE_CONTAINER" | "AZURE_ENDPOINT" | "LAPTOP_DIR"
>;

/** Whether a file is not on this machine: an address of HDFS or Azure. */
export function isRemote(file: string): boolean {
  return /^(hdfs|abfss?):\/\//.test(file);
}

/**
 * Whether a job may read at an address: below one that FILES_FROM or `more` names, or in the Azure container of the
 * settings. Spark would else connect to whatever host and port somebody writes into a job.
 */
export function isAllowedRemote(address: string, settings: PlaceSettings, more: readonly string[] = []): boolean {
  const requested = parse(address);
  // Hadoop takes a backslash for an escape, so that `\.\.` leads up too.
  if (!requested || /[\\\p{Cc}]/u.test(address)) return false;
  if (requested.path.split(/[/{},|[\]]/).some(part => part === ".." || part === ".")) return false;
  const named = [...(settings.FILES_FROM ?? "").split(","), ...more].map(place => parse(place.trim()));
  return [...named, ...azurePlaces(settings)].some(place => {
    if (place?.scheme !== requested.scheme || place.authority !== requested.authority) return false;
    const folder = place.path.replace(/\/+$/, "");
    return requested.path === folder || requested.path.startsWith(`${folder}/`);
  });
}

interface Address {
  scheme: string;
  authority: string;
  path: string;
}

function parse(address: string): Address | undefined {
  const [, scheme, authority, path = ""] = /^(hdfs|abfss?):\/\/([^/\\]*)(\/.*)?$/s.exec(address) ?? [];
  if (!scheme || authority === undefined) return undefined;
  // 8020 is where a NameNode listens when no port is written.
  return { scheme, authority: authority.toLowerCase().replace(/:8020$/, ""), path: path || "/" };
}

function azurePlaces(settings: PlaceSettings): Address[] {
  const storage = azurePlace(settings);
  if (!storage) return [];
  const { account, container, endpoint } = storage;
  const host = URL.canParse(endpoint) ? new URL(endpoint).hostname.replace(".blob.", ".dfs.") : "";
  // A cloud of its own has another domain; an emulator's address has the account in its path.
  const hosts = [`${account}.dfs.core.windows.net`, ...(host.startsWith(`${account}.dfs.`) ? [host] : [])];
  return hosts.flatMap(one =>
    ["abfs", "abfss"].map(scheme => ({ scheme, authority: `${container}@${one}`.toLowerCase(), path: "/" })),
  );
}
