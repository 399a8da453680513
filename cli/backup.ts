import { existsSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { parseArgs } from "node:util";
import { parse } from "dotenv";
import { writeBackup } from "../core/backup/backup.ts";
import { EXIT } from "../core/jobs/states.ts";
import { isSecretName, PROJECT, type Settings } from "../core/settings.ts";
import { concealing } from "../engines/runner/conceal.ts";
import { CommandError, openProject, runCommand, typedPath } from "./failure.ts";

const USAGE = `usage: npm run backup -- FOLDER [--logs]
       npm run backup -- FILE.sqlar [--logs]

  Copies archive, people, schedules, log formats and settings without secrets, while worker and portal go on, and reads
  every file of the copy again. --logs adds the logs of jobs. \`npm run restore\` puts it back.`;

/** `npm run backup`: a consistent copy of what cannot be made again. */
await runCommand(async () => {
  const { values, positionals } = parseArgs({ options: { logs: { type: "boolean" } }, allowPositionals: true });
  const [target] = positionals;
  if (target === undefined || positionals.length > 1) throw new CommandError(USAGE, EXIT.badJob);
  const { layout, settings } = openProject();
  const path = typedPath(target);
  if (!relative(layout.root, path).startsWith(".."))
    throw new CommandError(`${path} lies in DATA_DIR: name another place, on another disk at best.`);
  const extras = {
    settings: settingsText(settings),
    catalogs: join(PROJECT, "catalogs.json"),
    key: settings.AUDIT_KEY,
  };
  const written = await writeBackup(layout, path, { ...extras, logs: values.logs === true }).catch((error: Error) => {
    throw new CommandError(error.message);
  });
  const { files, bytes, records, problems } = written;
  console.log(`${files} files, ${(bytes / 1e6).toFixed(1)} MB, ${records} records, read again and the same: ${path}`);
  console.log("Secrets are not in it: keep .env, or the files of your secrets, in a place of their own.");
  if (problems.length === 0) return EXIT.succeeded;
  console.log(`The archive itself is not whole, ${problems[0]} See \`npm run audit\`.`);
  return EXIT.failed;
});

// What `.env` and the environment say, but for secrets, also those within an address.
function settingsText(settings: Settings): string {
  const file = join(PROJECT, ".env");
  const written = existsSync(file) ? parse(readFileSync(file)) : {};
  const set = Object.keys(settings).flatMap(name => (process.env[name] ? [[name, process.env[name]]] : []));
  const given: Record<string, string> = { ...written, ...Object.fromEntries(set) };
  const conceal = concealing(settings);
  return Object.entries(given)
    .filter(([name]) => !isSecretName(name))
    .map(([name, value]) => `${name}=${conceal({ message: value }).message}\n`)
    .join("");
}
