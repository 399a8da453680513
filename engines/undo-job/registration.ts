import { snowflakeAddress } from "../../connectors/snowflake/address.ts";
import type { Snowflake } from "../../connectors/snowflake/connect.ts";
import { isMissing } from "../../connectors/snowflake/errors.ts";
import {
  createStatement,
  dropStatement,
  informationOf,
  informationStatement,
  refreshStatement,
  registeredAs,
  showStatement,
  volumePath,
} from "../../connectors/snowflake/iceberg-table.ts";
import { type SnowflakeTable, snowflakeName } from "../../connectors/snowflake/names.ts";
import { findVolume, requiredSetup } from "../../connectors/snowflake/setup.ts";
import type { TargetChange } from "../../core/jobs/outcome.ts";
import type { Settings } from "../../core/settings.ts";
import { StepFailed } from "../engine.ts";
import { arrive } from "../register-snowflake/arrive.ts";
import type { StandingRegistration, UndoDecision } from "./decide.ts";

/** A table of Snowflake by its whole name, as records have it; undefined where it is none. */
export function registrationNamed(text: string): SnowflakeTable | undefined {
  const [, database, schema, table] = /^snowflake\.([^.]+)\.([^.]+)\.(.+)$/s.exec(text) ?? [];
  return database && schema && table ? { database, schema, table } : undefined;
}

/** What is registered under a name now; undefined where there is nothing. */
export async function lookAtRegistration(
  snowflake: Snowflake,
  table: SnowflakeTable,
): Promise<StandingRegistration | undefined> {
  try {
    const now = registeredAs(await snowflake.run(showStatement(table)), table);
    if (!now) return undefined;
    if (now.managed) return { managed: true };
    const { file } = informationOf(await snowflake.run(informationStatement(table)));
    return { managed: false, ...(file !== undefined && { file }) };
  } catch (error) {
    // The schema or the database is not there any more, or the table went meanwhile.
    if (isMissing(error)) return undefined;
    throw error;
  }
}

/** Brings a registration back as was decided, and asks Snowflake whether it stands there. Gives what to say of it. */
export async function undoRegistration(
  snowflake: Snowflake,
  settings: Settings,
  table: SnowflakeTable,
  { decision, change, signal }: { decision: UndoDecision; change: TargetChange | undefined; signal: AbortSignal },
): Promise<string[]> {
  if (decision.action === "drop") {
    await snowflake.run(dropStatement(table));
    if (await lookAtRegistration(snowflake, table))
      throw new StepFailed({ message: `${snowflakeName(table)} is registered again: somebody else registers it.` });
    return ["the registration was dropped; the files on Azure stay"];
  }
  if (decision.action !== "restore") return [];
  const { volume, integration } = snowflakeAddress(settings);
  const found = await findVolume(snowflake, requiredSetup(settings, snowflake.address));
  const metadataPath = found && volumePath(decision.to, found.base);
  if (!metadataPath)
    throw new StepFailed({
      message: `${decision.to} lies outside Snowflake's external volume ${volume}.`,
      hint: "Set SNOWFLAKE_EXTERNAL_VOLUME to the volume that holds it.",
    });
  // Another table stood there: Snowflake refreshes only within one.
  const replaced = change?.replaced === true;
  await snowflake.run(
    replaced
      ? createStatement(table, { volume, integration, metadataPath }, { replace: true })
      : refreshStatement(table, metadataPath),
  );
  await arrive(snowflake, table, decision.to, signal);
  return [
    `it stands on its metadata file of before again`,
    ...(replaced ? ["what hung on the registration (grants, tags, policies) has to be given again"] : []),
  ];
}
