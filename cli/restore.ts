import { join } from "node:path";
import { recordAuditEvent } from "../core/audit/audit-events.ts";
import { restoreBackup } from "../core/backup/restore.ts";
import { EXIT } from "../core/jobs/states.ts";
import { PROJECT } from "../core/settings.ts";
import { CommandError, openProject, runCommand, typedPath } from "./failure.ts";
import { terminalContext } from "./words.ts";

/** `npm run restore`: puts a backup into an empty DATA_DIR. */
await runCommand(async () => {
  const [from, ...more] = process.argv.slice(2);
  if (from === undefined || more.length > 0)
    throw new CommandError("usage: npm run restore -- FOLDER, or FILE.sqlar of `npm run backup`", EXIT.badJob);
  const { layout, settings } = openProject();
  const catalogs = join(PROJECT, "catalogs.json");
  const restored = await restoreBackup(layout, typedPath(from), { catalogs, key: settings.AUDIT_KEY }).catch(
    (error: Error) => {
      throw new CommandError(error.message);
    },
  );
  const { at, files, records, problems, beside } = restored;
  const event = { what: "restore", detail: `the backup of ${at}` } as const;
  recordAuditEvent(terminalContext(layout), event);
  console.log(`${files} files and ${records} records of the backup of ${at} are in ${layout.root}.`);
  for (const path of beside)
    console.log(`Compare ${join(layout.root, path)} with the project's own, and take what you need.`);
  console.log("Write the secrets into .env again, then start worker and portal.");
  if (problems.length === 0) return EXIT.succeeded;
  console.log(`✕ ${problems.length === 1 ? "1 problem" : `${problems.length} problems`} in the archive:`);
  for (const problem of problems) console.log(`  ${problem}`);
  return EXIT.failed;
});
