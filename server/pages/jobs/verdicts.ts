import type { JobProgress } from "../../../core/jobs/progress.ts";
import type { JobRecord } from "../../../core/jobs/record.ts";
import { countItems, type ItemNoun } from "../../../core/jobs/states.ts";
import type { QueuedJob } from "../../../core/store/jobs-on-disk.ts";
import { group, size, sum } from "../../../views/format/figures.ts";
import type { Part } from "../../../views/html.ts";

interface Verdict {
  title: string;
  lines: readonly Part[];
}

/** How a job ended, why, and what to do. */
export function endedVerdict(
  { status, tables, error, cancelledBy, followUps, then = [] }: JobRecord,
  itemNoun: ItemNoun,
): Verdict {
  const good = tables.filter(({ outcome }) => outcome === "succeeded");
  const skipped = tables.filter(({ outcome }) => outcome === "skipped").length;
  const moved = figures(good, itemNoun);
  if (status === "succeeded") {
    const wanted =
      then.length > 0 && followUps.length === 0
        ? "Nothing followed: no table succeeded that could be handed on."
        : undefined;
    return {
      title: good.length > 0 ? moved : "There was nothing to do.",
      lines: [proofWords(good), skipped > 0 && `${countItems(skipped, itemNoun)} skipped.`, wanted],
    };
  }
  if (status === "cancelled")
    return {
      title: `Cancelled by ${cancelledBy ?? "somebody"}.`,
      lines: [good.length > 0 && `Done by then: ${moved}.`],
    };
  const firsts = tables.filter(({ outcome }) => outcome === "failed");
  const [first] = firsts;
  const same =
    first?.error && firsts.every(table => table.error?.message === first.error?.message) && tables.length > 1;
  return {
    title: error?.message ?? "It failed.",
    lines: [
      error?.hint ?? (same ? `${first?.error?.message} ${first?.error?.hint ?? ""}` : undefined),
      good.length > 0 && `Done all the same: ${moved}. Retry takes only what failed.`,
    ],
  };
}

/** How a running job goes. */
export function runningVerdict({ planned, tables, ended, failed }: JobProgress, itemNoun: ItemNoun): Verdict {
  if (!planned) return { title: "It looks at what there is to do.", lines: [] };
  const bad = tables
    .filter(({ state }) => state === "failed")
    .map(({ table }) => table.slice(table.lastIndexOf(".") + 1));
  if (failed === 0) return { title: `${ended} of ${countItems(tables.length, itemNoun)} done.`, lines: [] };
  return {
    title: `${failed} of ${countItems(tables.length, itemNoun)} failed so far: ${bad.slice(0, 5).join(", ")}${bad.length > 5 ? " …" : ""}`,
    lines: [
      `The others go on; ${ended} of ${tables.length} have ended. When the job ends, retry takes only what failed.`,
    ],
  };
}

/** Why a job waits. */
export function queuedVerdict({ file, retry }: QueuedJob, workerLives: boolean): Verdict {
  if (!workerLives)
    return {
      title: "It waits: no worker is running.",
      lines: ["Start one with `npm start` or `npm run worker`. Nothing is lost meanwhile."],
    };
  if (!file)
    return {
      title: "The file does not parse yet.",
      lines: [
        "Somebody may still be writing it. If it stays broken and still for five seconds, it goes to the rejected files with the reason.",
      ],
    };
  if (retry)
    return {
      title: `It waits for attempt ${retry.used + 1}.`,
      lines: [`Not before ${retry.notBefore.slice(11, 19)} UTC: a failed attempt is tried again with growing pauses.`],
    };
  return {
    title: "Waiting for a free slot.",
    lines: ["It starts as soon as there is room in its lane and no other job writes the same target."],
  };
}

function figures(tables: JobRecord["tables"], itemNoun: ItemNoun): string {
  const [rows, bytes] = [sum(tables.map(table => table.rows)), sum(tables.map(table => table.bytes))];
  return [countItems(tables.length, itemNoun), rows && `${group(rows)} rows`, bytes && size(bytes)]
    .filter(Boolean)
    .join(", ");
}

function proofWords(tables: JobRecord["tables"]): string | undefined {
  const verdicts = tables.flatMap(({ proof }) => proof?.verdict ?? []);
  if (verdicts.length === 0) return undefined;
  const all = (one: string) => verdicts.every(verdict => verdict === one);
  const witnessed = tables.every(({ proof }) => !proof || proof.witness);
  const hive = witnessed ? " Hive itself reads the same." : "";
  if (all("equal")) return `Every target was read back and is equal to its source.${hive}`;
  if (all("agrees")) return "Snowflake reads the same counts and the same smallest and largest values as Spark.";
  const counts = [...new Set(verdicts)].map(
    verdict => `${verdicts.filter(other => other === verdict).length} ${verdict}`,
  );
  return `Proofs: ${counts.join(", ")}.`;
}
