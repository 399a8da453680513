import { homedir } from "node:os";
import { resolve } from "node:path";
import { PROJECT, type Settings, SettingsError } from "../../core/settings.ts";

/** A folder of scripts, as SCRIPTS_DIR names it. */
export interface ScriptPlace {
  kind: "hdfs" | "local";
  /** As it stands in front of the names of its scripts: `hdfs:///my_project/scripts`. */
  name: string;
  /** The path in that file system. */
  folder: string;
}

/** A script that may lie in a place: nothing is known yet of whether it does. */
export interface ScriptLocation {
  place: ScriptPlace;
  name: string;
}

/** The folders of scripts. Throws where one of them is neither in HDFS nor a folder of this machine. */
export function scriptPlaces({ SCRIPTS_DIR }: Pick<Settings, "SCRIPTS_DIR">): ScriptPlace[] {
  return SCRIPTS_DIR.split(",")
    .map(entry => entry.trim())
    .filter(Boolean)
    .map(placeOf);
}

/** Whether any folder of scripts lies in HDFS. */
export function usesHdfs(settings: Pick<Settings, "SCRIPTS_DIR">): boolean {
  return scriptPlaces(settings).some(({ kind }) => kind === "hdfs");
}

/** The one resolver of scripts: the place that a path lies in itself, and its name there; undefined for all else. */
export function findScript(settings: Pick<Settings, "SCRIPTS_DIR">, path: string): ScriptLocation | undefined {
  for (const place of scriptPlaces(settings)) {
    const name = path.startsWith(`${place.name}/`) ? path.slice(place.name.length + 1) : "";
    if (isScriptName(name)) return { place, name };
  }
  return undefined;
}

/** Whether a name is that of a script: ends in `.py`, is not hidden, and leads to no other folder. */
export function isScriptName(name: string): boolean {
  return /^[^./\\\p{Cc}][^/\\\p{Cc}]{0,250}\.py$/u.test(name) && name.isWellFormed();
}

function placeOf(entry: string): ScriptPlace {
  const hdfs = /^hdfs:\/\/[^/]*(\/.*)$/.exec(entry);
  if (hdfs) return { kind: "hdfs", name: withoutSlash(entry), folder: withoutSlash(hdfs[1] ?? "/") };
  if (/^\w+:/.test(entry))
    throw new SettingsError(
      `SCRIPTS_DIR=${entry}: scripts lie in HDFS (hdfs:///folder) or in a folder of this machine (/folder). Correct this line in .env.`,
    );
  const folder = resolve(PROJECT, entry.replace(/^~(?=\/)/, homedir()));
  return { kind: "local", name: withoutSlash(folder), folder };
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, "");
}
