import { whileAzureAnswers } from "../../connectors/azure/storage-unavailable.ts";
import { attachCatalogs } from "../../connectors/iceberg/catalogs.ts";
import { sqlName } from "../../connectors/iceberg/names.ts";
import { snowflakeAddress } from "../../connectors/snowflake/address.ts";
import { openSnowflake, type Snowflake } from "../../connectors/snowflake/connect.ts";
import { loadDriver } from "../../connectors/snowflake/driver.ts";
import { volumePath } from "../../connectors/snowflake/iceberg-table.ts";
import { ensureSetup, requiredSetup, type Volume } from "../../connectors/snowflake/setup.ts";
import type { Engine, PlanContext, Step, StepContext } from "../engine.ts";
import { compareWithSnowflake } from "./agree.ts";
import { arrive } from "./arrive.ts";
import type { RegisterSnowflake } from "./parameters.ts";
import { planRegister, type Registration } from "./plan.ts";
import { registerTable } from "./register.ts";
import { sourceFigures } from "./source-figures.ts";

/** Makes Iceberg tables on Azure readable in Snowflake, where they are, and checks that Snowflake reads the same. */
const engine: Engine<RegisterSnowflake, Registration | undefined> = {
  ready: loadDriver,
  plan: context => watched(context, () => planRegister(context)),
  run: (step, context) => watched(context, () => runRegistration(step, context)),
};

export default engine;

async function watched<T>(context: PlanContext<RegisterSnowflake>, work: () => Promise<T>): Promise<T> {
  return await whileAzureAnswers(await context.spark(), context.settings, [context.job.parameters.from], work);
}

async function runRegistration(step: Step<Registration | undefined>, context: StepContext<RegisterSnowflake>) {
  const { detail } = step;
  if (!detail) throw new Error(`${step.table} was not planned`);
  const session = await context.spark();
  await attachCatalogs(session, context.settings, [context.job.parameters.from]);
  const address = snowflakeAddress(context.settings);
  const { database, schema } = detail.target;
  const ours = sourceFigures(session, `${sqlName(detail.source)} version as of ${detail.snapshot}`, context.signal);
  const snowflake = await openSnowflake({ ...address, database, schema });
  try {
    const volume = await volumeFor(snowflake, context, { database, schema });
    const metadataPath = volumePath(detail.metadataFile, volume.base);
    if (!metadataPath) {
      throw new Error(
        `${detail.metadataFile} lies outside Snowflake's external volume ${address.volume} (${volume.base}). Make a volume whose base holds it, and set SNOWFLAKE_EXTERNAL_VOLUME.`,
      );
    }
    const { how, change } = await registerTable(snowflake, detail.target, {
      metadataPath,
      volume: address.volume,
      integration: address.integration,
      replace: context.job.parameters.ifExists === "replace",
      own: detail,
    });
    await arrive(snowflake, detail.target, detail.metadataFile, context.signal);
    const rows = await compareWithSnowflake(ours, snowflake, detail, { step, context });
    return {
      outcome: "succeeded" as const,
      rows,
      sourceSnapshot: detail.snapshot,
      targetSnapshot: detail.snapshot,
      metadataFile: detail.metadataFile,
      ...(change && { change }),
      proof: { level: "read-back", verdict: "agrees" } as const,
      notes: [how],
    };
  } finally {
    await closed(snowflake);
  }
}

// Steps run side by side; what they all need is made once for the job.
function volumeFor(
  snowflake: Snowflake,
  { job, settings, emit }: StepContext<RegisterSnowflake>,
  place: { database: string; schema: string },
): Promise<Volume> {
  const found = volumes.get(job) ?? ensure();
  volumes.set(job, found);
  return found;

  async function ensure(): Promise<Volume> {
    const { volume, made } = await ensureSetup(snowflake, { ...requiredSetup(settings, snowflake.address), ...place });
    for (const what of made) emit({ event: "note", message: `made ${what} in Snowflake` });
    return volume;
  }
}

const volumes = new WeakMap<object, Promise<Volume>>();

async function closed(snowflake: Snowflake): Promise<void> {
  await snowflake.close().catch(() => undefined);
}
