import { resolve } from "node:path";
import { type Layout, layoutOf, prepareLayout } from "../files/layout.ts";
import { readSettings, type Settings } from "../settings.ts";

/** What every command works on: the settings, and the folders of DATA_DIR, which are made where they are missing. */
export function openProject(): { settings: Settings; layout: Layout } {
  const settings = readSettings();
  const layout = layoutOf(settings.DATA_DIR);
  prepareLayout(layout);
  return { settings, layout };
}

/** A path as the person who typed it means it: npm runs commands in the folder of the project, not in theirs. */
export function typedPath(path: string): string {
  return resolve(process.env.INIT_CWD ?? process.cwd(), path);
}
