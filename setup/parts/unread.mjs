// Removes what npm's packages bring along and nothing here reads. npm runs it after each install, as the project's `postinstall`.
import { rmSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Folders and files below node_modules: a quarter of what a production install would have on the disk. */
export const UNREAD = [
  // Headers of Node, for packages that are compiled where they are installed: none is.
  join("node", "node_modules", `node-${process.platform}-${process.arch}`, "include"),
  // Countries of addresses: connectors/iceberg/countries.ts reads version 4, as numbers.
  ...["ipv4", "ipv6", "ipv6-num"].map(name => join("@ip-location-db", "dbip-country", `dbip-country-${name}.csv`)),
];

/**
 * Takes them out of a folder of packages; those that are not there were never installed, or are gone already.
 * @param {string} modules
 */
export function removeUnread(modules) {
  for (const path of UNREAD) rmSync(join(modules, path), { recursive: true, force: true });
}

const [, program = ""] = process.argv;
if (import.meta.url === pathToFileURL(program).href) removeUnread(join(process.cwd(), "node_modules"));
