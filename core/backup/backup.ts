import {
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { backup as copyDatabase, DatabaseSync } from "node:sqlite";
import { withEventsLocked, withReportLocked } from "../audit/lock.ts";
import { recordFiles } from "../audit/records.ts";
import { AUDIT_REPORTS } from "../audit/reports.ts";
import { verifyArchive } from "../audit/verify-chain.ts";
import { archiveMonths, auditEventsFile, auditEventsHeadFile, dismissedFolder, headFile } from "../store/archive.ts";
import { analysesFile, logPatternsFolder, notificationsFile, peopleFile } from "../store/data-files.ts";
import { formatFile } from "../store/format.ts";
import { type Layout, layoutOf } from "../store/layout.ts";
import { proofsBeside } from "../store/names.ts";
import { type PackedFile, writePack } from "../store/pack.ts";
import { packedMonths, packFile, pruneLock } from "../store/packed.ts";
import { syncFolder } from "../system/atomic.ts";
import { tryLock } from "../system/lock.ts";
import { appendText } from "../system/ndjson.ts";
import { hashOfFile, manifestFile, verifyManifest } from "./manifest.ts";

/** What goes into a backup beside DATA_DIR: settings without secrets as `.env` has them, and the file of the catalogs. */
export interface BackupExtras {
  settings: string;
  catalogs: string;
  /** Also the logs of jobs. */
  logs?: boolean;
  key?: string | undefined;
}

/** What a backup came to. `problems` are those of the archive itself, which were there before. */
export interface WrittenBackup {
  files: number;
  bytes: number;
  records: number;
  problems: string[];
}

// How the name of a backup ends that is one file.
const BACKUP_ENDING = ".sqlar";
// SQLite keeps a value up to this size.
const LARGEST = 1_000_000_000;

/**
 * Copies archive, people, schedules and settings to a new folder, or into a new file whose name ends with `.sqlar`, while
 * worker and portal go on. Every file is read again before the backup has its name.
 */
export async function writeBackup(layout: Layout, target: string, extras: BackupExtras): Promise<WrittenBackup> {
  if (existsSync(target)) throw new Error(`${target} is there already: name a folder or a file that is not.`);
  const unlock = tryLock(pruneLock(layout));
  if (!unlock) throw new Error("Months of the archive are being packed: try again when `npm run prune` has ended.");
  const draft = `${target}.partial`;
  rmSync(draft, { recursive: true, force: true });
  const { archive } = layoutOf(draft);
  mkdirSync(archive, { recursive: true, mode: 0o700 });
  try {
    const copied = await copyAll(layout, draft, extras);
    await verifyManifest(draft);
    const { problems, records } = verifyArchive(layoutOf(draft), extras.key);
    // The locks of that check.
    for (const name of readdirSync(archive)) if (name.startsWith(".")) rmSync(join(archive, name));
    if (target.endsWith(BACKUP_ENDING)) writePack(target, filesBelow(draft).map(toPacked(draft)));
    else renameSync(draft, target);
    syncFolder(dirname(target));
    return { ...copied, records, problems };
  } finally {
    unlock();
    rmSync(draft, { recursive: true, force: true });
  }
}

async function copyAll(layout: Layout, draft: string, { settings, catalogs, logs }: BackupExtras) {
  const total = { files: 0, bytes: 0 };
  // The order makes it consistent: a record names events that are there already, and the heads name records that are.
  withReportLocked(layout, () => {
    copy(headFile(layout));
    for (const { name } of AUDIT_REPORTS) copy(join(layout.archive, name));
  });
  const records = recordFiles(layout);
  for (const month of packedMonths(layout)) copy(packFile(layout, month));
  for (const path of records) for (const file of [path, proofsBeside(path)]) copyRecord(file);
  withEventsLocked(layout, () => {
    copy(auditEventsHeadFile(layout));
    for (const month of archiveMonths(layout)) copy(auditEventsFile(layout, month));
  });
  for (const month of archiveMonths(layout)) copyFolder(dismissedFolder(layout, month));
  copyFolder(layout.schedules);
  copyFolder(logPatternsFolder(layout.root));
  for (const file of [analysesFile(layout.root), notificationsFile(layout.root), formatFile(layout.root)]) copy(file);
  if (logs) copyFolder(layout.logs);
  await copyPeople();
  writeFileSync(join(draft, "settings.env"), settings, { mode: 0o600 });
  if (existsSync(catalogs)) copyFileSync(catalogs, join(draft, "catalogs.json"));
  await writeManifest(draft, total);
  return total;

  function copy(path: string): void {
    if (!existsSync(path)) return;
    const to = placeOf(path);
    copyFileSync(path, to, constants.COPYFILE_FICLONE);
  }

  // What is in a pack is copied with it.
  function copyRecord(path: string): void {
    if (existsSync(path)) copy(path);
  }

  function copyFolder(folder: string): void {
    for (const file of existsSync(folder) ? filesBelow(folder) : []) copy(file);
  }

  function placeOf(path: string): string {
    const to = join(draft, relative(layout.root, path));
    mkdirSync(dirname(to), { recursive: true, mode: 0o700 });
    return to;
  }

  async function copyPeople(): Promise<void> {
    const path = peopleFile(layout.root);
    if (!existsSync(path)) return;
    const database = new DatabaseSync(path, { readOnly: true });
    try {
      await copyDatabase(database, placeOf(path));
    } finally {
      database.close();
    }
  }
}

async function writeManifest(draft: string, total: { files: number; bytes: number }): Promise<void> {
  const manifest = manifestFile(draft);
  for (const path of filesBelow(draft)) {
    const { size } = statSync(path);
    const entry = { path: relative(draft, path), bytes: size, sha256: await hashOfFile(path) };
    appendText(manifest, `${JSON.stringify(entry)}\n`);
    total.files += 1;
    total.bytes += size;
  }
  appendText(manifest, `${JSON.stringify({ at: new Date().toISOString(), files: total.files })}\n`);
}

function toPacked(draft: string): (path: string) => PackedFile {
  return path => {
    if (statSync(path).size > LARGEST)
      throw new Error(`${relative(draft, path)} has more than 1 GB, which one file can't hold: name a folder instead.`);
    return { name: relative(draft, path), path };
  };
}

/** The files below a folder, hidden ones aside but for what schedules have run. */
function filesBelow(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter(entry => entry.isFile() && !entry.name.startsWith("."))
    .map(({ parentPath, name }) => join(parentPath, name));
}
