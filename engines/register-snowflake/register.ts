import type { Snowflake } from "../../connectors/snowflake/connect.ts";
import { isThere, SnowflakeError } from "../../connectors/snowflake/errors.ts";
import { createStatement, isSameFile, refreshStatement } from "../../connectors/snowflake/iceberg-table.ts";
import { type SnowflakeTable, snowflakeName } from "../../connectors/snowflake/names.ts";
import type { TargetChange } from "../../core/jobs/outcome.ts";
import { StepFailed } from "../engine.ts";
import { type OwnFiles, refusalOf, standingOf, type TargetState } from "./standing.ts";

/** How a table is to be registered. */
export interface RegisterOptions {
  metadataPath: string;
  volume: string;
  integration: string;
  replace: boolean;
  own: OwnFiles;
}

const LOST = "what hung on the old registration (grants, tags, policies) is lost and has to be given again";

/** Creates, refreshes or replaces a registration. Says in words which it was, and what stood there. Throws where another table's stands there. */
export async function registerTable(
  snowflake: Snowflake,
  table: SnowflakeTable,
  options: RegisterOptions,
): Promise<{ how: string; change?: TargetChange }> {
  const standing = await standingOf(snowflake, table, options.own);
  const refused = refusalOf(standing, table, options.replace);
  if (refused) throw new StepFailed(refused);
  if (standing.kind === "nothing") return { how: await create(snowflake, table, options), change: { created: true } };
  const file = "file" in standing ? standing.file : undefined;
  const change = file === undefined ? {} : { metadataFileBefore: file };
  const replaced = async (why: string) => ({
    how: await replace(snowflake, table, options, why),
    change: { ...change, replaced: true as const },
  });
  if (options.replace) return await replaced("replaced as asked");
  try {
    await snowflake.run(refreshStatement(table, options.metadataPath));
    // An attempt that was killed may have registered this very file already.
    const isSame = file !== undefined && isSameFile(file, options.own.metadataFile);
    return { how: `${howRefreshed(standing)}; grants and tags stay`, ...(!isSame && { change }) };
  } catch (error) {
    if (!(error instanceof SnowflakeError) || standing.kind === "own") throw error;
    return await replaced("replaced, since the table was dropped and made again");
  }
}

/** In words, how a refresh goes: one that goes back shows older rows. */
export function howRefreshed(standing: TargetState): string {
  if (standing.kind !== "own" || !standing.backwards) return "refreshed";
  const { from, to } = standing.backwards;
  return `refreshed backwards, from snapshot ${from} to the older ${to}`;
}

async function create(snowflake: Snowflake, table: SnowflakeTable, options: RegisterOptions): Promise<string> {
  try {
    await snowflake.run(createStatement(table, options));
    return "registered for the first time";
  } catch (error) {
    if (!isThere(error)) throw error;
    const message = `${snowflakeName(table)} is there already, and is no Iceberg table that this role may see.`;
    const hint = 'Choose another "schema", or rename or drop what has that name in Snowflake.';
    throw new StepFailed({ message, hint }, { cause: error });
  }
}

async function replace(
  snowflake: Snowflake,
  table: SnowflakeTable,
  options: RegisterOptions,
  why: string,
): Promise<string> {
  await snowflake.run(createStatement(table, options, { replace: true }));
  return `${why}; ${LOST}`;
}
