import pMap from "p-map";
import type { JobError } from "../../../core/jobs/outcome.ts";
import { memoizedAsync } from "../../../core/system/cache.ts";
import type { Portal } from "../../portal/page.ts";
import { jobErrorOf } from "../../runner/job-error.ts";
import { listScripts, readScript, type ScriptFile, type ScriptSettings } from "../folder.ts";
import { type ScriptPlace, scriptPlaces } from "../places.ts";
import { historyOf } from "./history.ts";
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
export interface UnavailablePlace {
  place: ScriptPlace;
  error: JobError;
}

/** A page of scripts, and the folders that could not be listed. */
export interface Listing {
  scripts: ListedScript[];
  matching: number;
  total: number;
  unavailable: UnavailablePlace[];
}

/** The scripts of all places whose paths are wanted, by name; `from` and `most` cut a page out. */
export async function listing(
  portal: Pick<Portal, "settings" | "layout" | "index">,
  { wanted, from = 0, most }: { wanted(path: string): boolean; from?: number; most: number },
): Promise<Listing> {
  const listed = await Promise.all(scriptPlaces(portal.settings).map(place => entriesOf(portal.settings, place)));
  const files = listed.flatMap(one => ("files" in one ? one.files : []));
  const firstSeenAt = firstSeen(portal.layout, files);
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
      firstSeen: firstSeenAt.get(file.path) ?? file.changedAt,
      history: history.get(file.path) ?? {},
    })),
    matching: matching.length,
    total: files.length,
    unavailable: listed.flatMap(one => ("error" in one ? [one] : [])),
  };
}

async function entriesOf(
  settings: ScriptSettings,
  place: ScriptPlace,
): Promise<{ files: ScriptFile[] } | UnavailablePlace> {
  try {
    return { files: await listScripts(settings, place) };
  } catch (error) {
    return { place, error: jobErrorOf(error) };
  }
}

type Hashed = Pick<ListedScript, "sha256" | "unreadable">;

const AT_ONCE = 8;
const hashes = memoizedAsync({ max: 10_000 });

// A file of the same size, last changed at the same moment, has the same bytes: they are read once.
async function hashesOf(settings: ScriptSettings, files: readonly ScriptFile[]): Promise<Hashed[]> {
  return await pMap(files, file => hashOf(settings, file), { concurrency: AT_ONCE });
}

async function hashOf(settings: ScriptSettings, { path, size, changedAt }: ScriptFile): Promise<Hashed> {
  try {
    const hash = async () => (await readScript(settings, path)).sha256;
    return { sha256: await hashes(`${path}\0${size}\0${changedAt}`, hash) };
  } catch (error) {
    return { unreadable: jobErrorOf(error).message };
  }
}
