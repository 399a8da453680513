import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { metadataLog } from "../../connectors/iceberg/iceberg.ts";
import { snowflakeAddress } from "../../connectors/snowflake/address.ts";
import { openSnowflake, type Snowflake } from "../../connectors/snowflake/connect.ts";
import { isMissing } from "../../connectors/snowflake/errors.ts";
import { informationStatement, isSameFile, metadataLocation } from "../../connectors/snowflake/iceberg-table.ts";
import type { SnowflakeTable } from "../../connectors/snowflake/names.ts";
import type { DriftFact } from "../../core/jobs/outcome.ts";
import type { PlanContext } from "../engine.ts";
import { type LookTogether, lookAtEach, notThere, seen } from "./facts.ts";
import type { CheckDrift } from "./parameters.ts";
import type { DriftSubject } from "./scope.ts";

/** Looks at registrations in Snowflake, over one connection that is opened for the first of them. */
export function openLooks(context: PlanContext<CheckDrift>): { look: LookTogether; close(): Promise<void> } {
  let opened: Promise<Snowflake> | undefined;
  const connect = () => {
    opened ??= openSnowflake(snowflakeAddress(context.settings));
    return opened;
  };
  return {
    look: subjects =>
      lookAtEach(subjects, async subject => await factOfRegistration(await connect(), subject, context)),
    async close() {
      const snowflake = await opened?.catch(() => undefined);
      await snowflake?.close().catch(() => undefined);
    },
  };
}

async function factOfRegistration(
  snowflake: Snowflake,
  { at, registered }: DriftSubject,
  context: PlanContext<CheckDrift>,
): Promise<DriftFact> {
  let file: string | undefined;
  try {
    file = metadataLocation(await snowflake.run(informationStatement(tableIn(at)), [], { signal: context.signal }));
  } catch (error) {
    if (isMissing(error)) return notThere();
    throw error;
  }
  if (file === undefined) return seen();
  const isAsRegistered = registered?.file !== undefined && isSameFile(file, registered.file);
  const snapshot = isAsRegistered ? registered.snapshot : await snapshotIn(file, registered?.source, context);
  return { ...seen(), metadataFile: file, ...(snapshot && { snapshot }) };
}

// Somebody moved the registration: the log of the table tells which snapshot is current in that file.
async function snapshotIn(
  file: string,
  source: DriftSubject["at"] | undefined,
  { settings, spark }: PlanContext<CheckDrift>,
): Promise<string | undefined> {
  if (!source) return undefined;
  const session = await spark();
  await attachCatalogs(session, settings, [source.catalog]);
  const log = await metadataLog(session, source).catch(() => []);
  return log.find(entry => isSameFile(entry.file, file))?.snapshot;
}

function tableIn({ namespace, table }: DriftSubject["at"]): SnowflakeTable {
  const dot = namespace.indexOf(".");
  return { database: namespace.slice(0, dot), schema: namespace.slice(dot + 1), table };
}
