import { setTimeout as pause } from "node:timers/promises";
import type { Snowflake } from "../../connectors/snowflake/connect.ts";
import { informationOf, informationStatement, isSameFile } from "../../connectors/snowflake/iceberg-table.ts";
import { type SnowflakeTable, snowflakeName } from "../../connectors/snowflake/names.ts";
import { StepFailed } from "../engine.ts";

/** How long Snowflake may take to stand on a metadata file, and how often it is asked; milliseconds. */
const ARRIVAL = { within: 120_000, first: 200, most: 5_000 };

/**
 * Waits until Snowflake stands on the metadata file that was sent and calls its refresh a success: it may answer before it
 * does. Throws with what it stands on where it never comes there.
 */
export async function arrive(
  snowflake: Snowflake,
  table: SnowflakeTable,
  metadataFile: string,
  signal: AbortSignal,
  { within, first, most } = ARRIVAL,
): Promise<void> {
  const until = Date.now() + within;
  for (let wait = first; ; wait = Math.min(2 * wait, most)) {
    const { file, status } = informationOf(await snowflake.run(informationStatement(table), [], { signal }));
    const there = file !== undefined && isSameFile(file, metadataFile);
    if (there && isWell(status)) return;
    if (Date.now() + wait > until) {
      const place = there ? `the metadata file that was sent` : `${file ?? "no metadata file"}, not on ${metadataFile}`;
      throw new StepFailed({
        message: `${snowflakeName(table)} stands on ${place}; its last refresh: ${status ?? "unknown"}.`,
        hint: `Look at it in Snowflake (${informationStatement(table)}), then run the job again.`,
      });
    }
    await pause(wait, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  }
}

// Snowflake leaves the status out where nothing was wrong.
function isWell(status: string | undefined): boolean {
  return status === undefined || /^success/i.test(status);
}
