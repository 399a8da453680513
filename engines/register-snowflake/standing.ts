import type { Snowflake } from "../../connectors/snowflake/connect.ts";
import { isMissing } from "../../connectors/snowflake/errors.ts";
import {
  informationOf,
  informationStatement,
  isInside,
  isSameFile,
  registeredAs,
  showStatement,
} from "../../connectors/snowflake/iceberg-table.ts";
import { type SnowflakeTable, snowflakeName } from "../../connectors/snowflake/names.ts";
import type { JobError } from "../../core/jobs/outcome.ts";

/** What is known of the table that a registration is for: all its metadata files, the newest first. */
export interface OwnFiles {
  metadataFile: string;
  log: readonly { file: string; snapshot: string | undefined }[];
  /** Its folder; asked only where a file is none of these. */
  location(): Promise<string>;
}

/**
 * What stands under a name in Snowflake: nothing; this table; one that was at the same place before it was dropped and made
 * again; another table, which is never replaced unless it is asked for; or one whose rows are Snowflake's own.
 */
export type TargetState =
  | { kind: "nothing" }
  | { kind: "own"; file: string; backwards?: { from: string; to: string } }
  | { kind: "former"; file: string }
  | { kind: "other"; file?: string }
  | { kind: "managed" };

/** Asks Snowflake what stands under the name now. */
export async function standingOf(snowflake: Snowflake, table: SnowflakeTable, own: OwnFiles): Promise<TargetState> {
  try {
    const now = registeredAs(await snowflake.run(showStatement(table)), table);
    if (!now) return { kind: "nothing" };
    if (now.managed) return { kind: "managed" };
    const { file } = informationOf(await snowflake.run(informationStatement(table)));
    return await standingOn(file, own);
  } catch (error) {
    // The schema or the database is not there yet, or the table went meanwhile.
    if (isMissing(error)) return { kind: "nothing" };
    throw error;
  }
}

/** What a registered metadata file says of a registration. */
export async function standingOn(
  file: string | undefined,
  { metadataFile, log, location }: OwnFiles,
): Promise<TargetState> {
  if (file === undefined) return { kind: "other" };
  const place = (wanted: string) => log.findIndex(entry => isSameFile(entry.file, wanted));
  const [before, after] = [place(file), place(metadataFile)];
  if (before < 0) return isInside(file, await location()) ? { kind: "former", file } : { kind: "other", file };
  const [from, to] = [log[before]?.snapshot ?? "none", log[after]?.snapshot ?? "none"];
  return { kind: "own", file, ...(before < after && from !== to && { backwards: { from, to } }) };
}

/** Why a registration can't be made over what stands there; undefined where it can. */
export function refusalOf(standing: TargetState, target: SnowflakeTable, replace: boolean): JobError | undefined {
  const name = snowflakeName(target);
  if (standing.kind === "managed")
    return {
      message: `${name} is an Iceberg table of Snowflake's own, and to replace it would delete its rows.`,
      hint: 'Choose another "schema", or drop that table in Snowflake first.',
    };
  if (standing.kind !== "other" || replace) return undefined;
  return {
    message: `${name} stands on another table: ${standing.file ?? "Snowflake does not say which"}.`,
    hint: 'Choose another "schema" to keep both; to put this table in the place of the other, set "ifExists": "replace".',
  };
}
