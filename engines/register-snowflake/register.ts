import type { Snowflake } from "../../snowflake/connect.ts";
import { isMissing, SnowflakeError } from "../../snowflake/errors.ts";
import {
  createStatement,
  informationStatement,
  metadataLocation,
  refreshStatement,
  registeredAs,
  showStatement,
} from "../../snowflake/iceberg-table.ts";
import type { SnowflakeTable } from "../../snowflake/names.ts";

/** How a table is to be registered. `isOwnFile` tells whether a metadata file is an older one of the same table. */
export interface Wish {
  metadataPath: string;
  volume: string;
  integration: string;
  replace: boolean;
  isOwnFile(file: string): boolean;
}

const LOST = "what hung on the old registration (grants, tags, policies) is lost and has to be given again";

/** Creates, refreshes or replaces a registration, and says in words which it was. */
export async function register(snowflake: Snowflake, table: SnowflakeTable, wish: Wish): Promise<string> {
  const now = registeredAs(await snowflake.run(showStatement(table)), table);
  if (!now) {
    await snowflake.run(createStatement(table, wish));
    return "registered for the first time";
  }
  if (wish.replace) return await replace(snowflake, table, wish, "replaced as asked");
  try {
    await snowflake.run(refreshStatement(table, wish.metadataPath));
    return "refreshed; grants and tags stay";
  } catch (error) {
    if (!(error instanceof SnowflakeError) || (await isSameTable(snowflake, table, wish))) throw error;
    return await replace(snowflake, table, wish, "replaced, since it was another table's registration");
  }
}

async function replace(snowflake: Snowflake, table: SnowflakeTable, wish: Wish, why: string): Promise<string> {
  await snowflake.run(createStatement(table, wish, { replace: true }));
  return `${why}; ${LOST}`;
}

// The registered file is one that the table had before, so the refresh failed for another reason.
async function isSameTable(snowflake: Snowflake, table: SnowflakeTable, wish: Wish): Promise<boolean> {
  try {
    const file = metadataLocation(await snowflake.run(informationStatement(table)));
    return file !== undefined && wish.isOwnFile(file);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}
