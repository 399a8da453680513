import { readFileSync } from "node:fs";
import { join } from "node:path";
import { webHdfsAddress } from "../endpoints.ts";
import { scriptPlaces } from "../engines/run-script/places.ts";
import { webHdfs } from "../hdfs/webhdfs.ts";
import type { Settings } from "../settings.ts";

const SAMPLES = ["works.py", "fails_once.py", "always_fails.py"];

/** Puts three scripts into the laptop's HDFS, where the folder of scripts is not there yet. Gives the folder if it did. */
export async function putSampleScripts(settings: Settings): Promise<string | undefined> {
  const place = scriptPlaces(settings).find(({ name }) => name.startsWith("hdfs:///"));
  if (!place) return undefined;
  const hdfs = webHdfs(webHdfsAddress(settings));
  if (await isThere(() => hdfs.list(place.folder))) return undefined;
  for (const name of SAMPLES)
    await hdfs.create(`${place.folder}/${name}`, readFileSync(join(import.meta.dirname, "scripts", name)));
  return place.name;
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
