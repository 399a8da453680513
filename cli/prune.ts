import { parseArgs } from "node:util";
import { recordAuditEvent } from "../core/audit/audit-events.ts";
import { monthBefore, type PrunedMonth, pruneArchive } from "../core/audit/prune.ts";
import { EXIT } from "../core/jobs/states.ts";
import { CommandError, openProject, runCommand } from "./failure.ts";
import { terminalContext } from "./words.ts";

const USAGE = `usage: npm run prune -- --older 400d [--dry-run]

  Packs records, proofs and logs of the months that ended so long ago, one file a month: archive/<yyyy-mm>.sqlar.
  Pages, search, certificates and \`npm run audit\` read it as before; \`sqlite3 -A -f FILE -t\` lists it.`;
// A job may still be archived into the month that has just ended.
const FEWEST = 35;

/** `npm run prune`: packs old months of the archive. */
await runCommand(() => {
  const { values } = parseArgs({ options: { older: { type: "string" }, "dry-run": { type: "boolean" } } });
  const [, days] = /^(\d{1,5})d$/.exec(values.older ?? "") ?? [];
  if (days === undefined) throw new CommandError(USAGE, EXIT.badJob);
  if (Number(days) < FEWEST)
    throw new CommandError(`--older ${days}d is too young: take ${FEWEST}d or more, so that the month has ended.`);
  const { layout, settings } = openProject();
  const dryRun = values["dry-run"] === true;
  const before = monthBefore(Number(days));
  const packed: PrunedMonth[] = [];
  try {
    for (const month of pruneArchive(layout, { before, key: settings.AUDIT_KEY, dryRun })) {
      packed.push(month);
      for (const line of told(month, dryRun)) console.log(line);
    }
  } catch (error) {
    throw new CommandError((error as Error).message);
  } finally {
    const months = packed.filter(({ files }) => files > 0).map(({ month }) => month);
    if (months.length > 0 && !dryRun)
      recordAuditEvent(terminalContext(layout), { what: "prune", about: months.join(" ") });
  }
  if (packed.length === 0) console.log(`Nothing to pack: no month before ${before} has files of its own.`);
  return EXIT.succeeded;
});

function told({ month, jobs, files, bytes, packedBytes, kept }: PrunedMonth, dryRun: boolean): string[] {
  const size = (count: number) => `${(count / 1e6).toFixed(1)} MB`;
  const what = `${jobs} jobs, ${files} files, ${size(bytes)}`;
  const done = dryRun ? `${month}: ${what} to pack` : `${month}: ${what} packed into ${size(packedBytes)}`;
  return [...(files > 0 ? [done] : []), ...kept.map(file => `${month}: ${file}, and stays where it is`)];
}
