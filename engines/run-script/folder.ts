import { createHash } from "node:crypto";
import { openHdfs } from "../../connectors/hdfs/webhdfs.ts";
import type { KerberosSettings } from "../../connectors/kerberos/delegation-tokens.ts";
import type { HdfsSettings } from "../../core/endpoints.ts";
import type { Settings } from "../../core/settings.ts";
import { type Folder, localFolder } from "./local-folder.ts";
import { findScript, isScriptName, type ScriptPlace } from "./places.ts";

/** What decides where scripts lie. */
export type ScriptSettings = Pick<Settings, "SCRIPTS_DIR"> & HdfsSettings & KerberosSettings;

/** A script as its folder lists it. */
export interface ScriptFile {
  path: string;
  name: string;
  size: number;
  /** ISO. */
  changedAt: string;
  owner: string;
}

/** A script's bytes, and their SHA-256. */
export interface ScriptBytes {
  bytes: Buffer;
  sha256: string;
}

/** A script is at most this long. */
export const MOST_BYTES = 1024 * 1024;

/** Every script of a place, by name. */
export async function listScripts(settings: ScriptSettings, place: ScriptPlace): Promise<ScriptFile[]> {
  const entries = await openFolder(settings, place).list();
  return entries
    .filter(({ name, isFolder }) => !isFolder && isScriptName(name))
    .map(({ name, size, changedAt, owner }) => ({ path: `${place.name}/${name}`, name, size, changedAt, owner }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The bytes of a script. Throws a sentence where there is none, or where the path leads out of the folders. */
export async function readScript(settings: ScriptSettings, path: string): Promise<ScriptBytes> {
  const found = findScript(settings, path);
  if (!found) throw new Error(`${path} is no script of ${settings.SCRIPTS_DIR}, the folders that SCRIPTS_DIR names.`);
  const bytes = await openFolder(settings, found.place).read(found.name);
  return { bytes, sha256: sha256Of(bytes) };
}

/** Puts a new script into a place. Throws where there is one of that name. */
export async function putScript(
  settings: ScriptSettings,
  place: ScriptPlace,
  name: string,
  content: Buffer,
): Promise<string> {
  await openFolder(settings, place).create(name, content);
  return `${place.name}/${name}`;
}

/** The SHA-256 of bytes, in hexadecimal. */
export function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function openFolder(settings: ScriptSettings, { kind, folder }: ScriptPlace): Folder {
  if (kind === "local") return localFolder(folder, MOST_BYTES);
  const hdfs = openHdfs(settings);
  return {
    list: () => hdfs.list(folder || "/"),
    read: name => hdfs.read(`${folder}/${name}`, MOST_BYTES),
    create: (name, content) => hdfs.create(`${folder}/${name}`, content),
  };
}
