import { join } from "node:path";
import { jsonName, jsonNames, stemOf } from "./names.ts";

/** Where the files of a DATA_DIR lie that people have uploaded. */
export function uploadsFolder(dataDir: string): string {
  return join(dataDir, "uploads");
}

/** Where uploads lie that are still coming in. */
export function incomingFolder(dataDir: string): string {
  return join(uploadsFolder(dataDir), ".partial");
}

/** What the receiver notes of an upload that is still coming in. */
export function incomingNote(path: string): string {
  return jsonName(path);
}

/** Where it is noted who uploaded what, a file for each. */
export function uploadNotesFolder(dataDir: string): string {
  return join(uploadsFolder(dataDir), ".about");
}

/** What was noted of an upload. */
export function uploadNoteFile(dataDir: string, name: string): string {
  return join(uploadNotesFolder(dataDir), jsonName(name));
}

/** Where jobs prepare files for Spark, or fetch them; a folder for each job. */
export function workFolders(dataDir: string): string {
  return join(uploadsFolder(dataDir), ".parts");
}

/** Where analyses of logs write their reports. */
export function reportsFolder(dataDir: string): string {
  return join(dataDir, "reports");
}

/** The log of alerts of all analyses. */
export function alertsFile(dataDir: string): string {
  return join(reportsFolder(dataDir), "alerts.log");
}

/** Which folders of logs are analysed and watched; in DATA_DIR, or the project's own. */
export function analysesFile(root: string): string {
  return join(root, "analyses.json");
}

/** The folder of scripts that there is without a setting: for our own user alone. */
export function scriptsFolder(dataDir: string): string {
  return join(dataDir, "scripts");
}

/** Where the log formats lie that people have described. */
export function logPatternsFolder(dataDir: string): string {
  return join(dataDir, "log-patterns");
}

/** One of them. */
export function logPatternFile(dataDir: string, name: string): string {
  return join(logPatternsFolder(dataDir), jsonName(name));
}

/** The names of those that are there. */
export function logPatternNames(dataDir: string): string[] {
  try {
    return jsonNames(logPatternsFolder(dataDir)).map(stemOf).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw error;
  }
}

/** Who is told of what. */
export function notificationsFile(dataDir: string): string {
  return join(dataDir, "notifications.json");
}

/** Messages that are to be sent, and what became of earlier ones. */
export function notificationsDatabase(dataDir: string): string {
  return join(dataDir, "notifications.db");
}

/** Who may come in: users, sessions and tokens. */
export function peopleFile(dataDir: string): string {
  return join(dataDir, "people.db");
}
