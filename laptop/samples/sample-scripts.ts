import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { webHdfs } from "../../connectors/hdfs/webhdfs.ts";
import { webHdfsAddress } from "../../core/endpoints.ts";
import type { Settings } from "../../core/settings.ts";
import { scriptsFolder } from "../../core/store/data-files.ts";
import { createFile } from "../../core/system/atomic.ts";
import { scriptPlaces } from "../../engines/run-script/places.ts";

const SAMPLES = ["works.py", "fails_once.py", "always_fails.py"];

/**
 * Puts three scripts into the laptop's HDFS, or into the folder below DATA_DIR, where that folder of scripts is not there
 * yet. Gives the folder if it did.
 */
export async function putSampleScripts(settings: Settings): Promise<string | undefined> {
  const places = scriptPlaces(settings);
  const place = places.find(({ name }) => name.startsWith("hdfs:///"));
  if (!place)
    return places.some(({ folder }) => folder === scriptsFolder(settings.DATA_DIR)) ? putLocal(settings) : undefined;
  const hdfs = webHdfs(webHdfsAddress(settings));
  if (await isThere(() => hdfs.list(place.folder))) return undefined;
  for (const name of SAMPLES) await hdfs.create(`${place.folder}/${name}`, sample(name));
  return place.name;
}

function putLocal(settings: Settings): string | undefined {
  const folder = scriptsFolder(settings.DATA_DIR);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (readdirSync(folder).length > 0) return undefined;
  for (const name of SAMPLES) createFile(join(folder, name), sample(name));
  return folder;
}

function sample(name: string): Buffer {
  return readFileSync(join(import.meta.dirname, "scripts", name));
}

async function isThere(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if ((error as { exception?: string }).exception === "FileNotFoundException") return false;
    throw error;
  }
}
