import type { JobError } from "../../jobs/outcome.ts";
import type { Portal } from "../page.ts";
import { sentence } from "../sentence.ts";
import { listScripts, readScript, type ScriptFile, type ScriptSettings } from "./folder.ts";
import { historyOf } from "./history.ts";
import { type Place, scriptPlaces } from "./places.ts";
import { firstSeen } from "./seen.ts";
import type { ScriptHistory } from "./statuses.ts";

/** A script with all that is known of it. */
export interface ListedScript extends ScriptFile {
  sha256?: string;
  /** Why its bytes could not be had. */
  unreadable?: string;
  firstSeen: string;
  history: ScriptHistory;
}

/** A folder of scripts that could not be listed, and why. */
export interface AwayPlace {
  place: Place;
  error: JobError;
}

/** A page of scripts, and the folders that could not be listed. */
export interface Listing {
  scripts: ListedScript[];
  matching: number;
  total: number;
  away: AwayPlace[];
}

/** The scripts of all places whose paths are wanted, by name; `from` and `most` cut a page out. */
export async function listing(
  portal: Pick<Portal, "settings" | "layout" | "index">,
  { wanted, from = 0, most }: { wanted(path: string): boolean; from?: number; most: number },
): Promise<Listing> {
  const listed = await Promise.all(scriptPlaces(portal.settings).map(place => entriesOf(portal.settings, place)));
  const files = listed.flatMap(one => ("files" in one ? one.files : []));
  const seen = firstSeen(portal.layout, files);
  const matching = files.filter(({ path }) => wanted(path));
  const shown = matching.slice(from, from + most);
  const history = historyOf(
    portal,
    shown.map(({ path }) => path),
  );
  const hashes = await hashesOf(portal.settings, shown);
  return {
    scripts: shown.map((file, i) => ({
      ...file,
      ...hashes[i],
      firstSeen: seen.get(file.path) ?? file.changedAt,
      history: history.get(file.path) ?? {},
    })),
    matching: matching.length,
    total: files.length,
    away: listed.flatMap(one => ("error" in one ? [one] : [])),
  };
}

async function entriesOf(settings: ScriptSettings, place: Place): Promise<{ files: ScriptFile[] } | AwayPlace> {
  try {
    return { files: await listScripts(settings, place) };
  } catch (error) {
    return { place, error: sentence(error) };
  }
}

type Hashed = Pick<ListedScript, "sha256" | "unreadable">;

const AT_ONCE = 8;
const MOST_KNOWN = 10_000;
const known = new Map<string, Hashed>();

// A file of the same size, last changed at the same moment, has the same bytes: they are read once.
async function hashesOf(settings: ScriptSettings, files: readonly ScriptFile[]): Promise<Hashed[]> {
  const found: Hashed[] = [];
  const waiting = files.entries();
  const work = async () => {
    for (const [i, file] of waiting) found[i] = await hashOf(settings, file);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return found;
}

async function hashOf(settings: ScriptSettings, { path, size, changedAt }: ScriptFile): Promise<Hashed> {
  const key = `${path}\0${size}\0${changedAt}`;
  const before = known.get(key);
  if (before) return before;
  try {
    const hashed = { sha256: (await readScript(settings, path)).sha256 };
    if (known.size >= MOST_KNOWN) known.clear();
    known.set(key, hashed);
    return hashed;
  } catch (error) {
    return { unreadable: sentence(error).message };
  }
}
