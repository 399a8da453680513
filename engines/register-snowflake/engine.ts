import { snowflakeAddress } from "../../snowflake/address.ts";
import { openSnowflake, type Snowflake } from "../../snowflake/connect.ts";
import { loadDriver } from "../../snowflake/driver.ts";
import { isSameFile, volumePath } from "../../snowflake/iceberg-table.ts";
import { ensureSetup, type Volume, wishedBy } from "../../snowflake/setup.ts";
import { attachCatalogs } from "../../tables/catalogs.ts";
import { sqlName } from "../../tables/names.ts";
import { whileAzureAnswers } from "../../tables/storage-away.ts";
import type { Engine, PlanContext, Step, StepContext } from "../engine.ts";
import { agree } from "./agree.ts";
import type { RegisterSnowflake } from "./parameters.ts";
import { planRegister, type Registration } from "./plan.ts";
import { register } from "./register.ts";
import { sourceFigures } from "./source-figures.ts";

/** Makes Iceberg tables on Azure readable in Snowflake, where they are, and checks that Snowflake reads the same. */
const engine: Engine<RegisterSnowflake, Registration | undefined> = {
  ready: loadDriver,
  plan: context => watched(context, () => planRegister(context)),
  run: (step, context) => watched(context, () => registerTable(step, context)),
};

export default engine;

async function watched<T>(context: PlanContext<RegisterSnowflake>, work: () => Promise<T>): Promise<T> {
  return await whileAzureAnswers(await context.spark(), context.settings, [context.job.parameters.from], work);
}

async function registerTable(step: Step<Registration | undefined>, context: StepContext<RegisterSnowflake>) {
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
    const how = await register(snowflake, detail.target, {
      metadataPath,
      volume: address.volume,
      integration: address.integration,
      replace: context.job.parameters.ifExists === "replace",
      isOwnFile: file => detail.otherFiles.some(one => isSameFile(one, file)),
    });
    const rows = await agree(ours, snowflake, detail, { step, context });
    return {
      outcome: "succeeded" as const,
      rows,
      sourceSnapshot: detail.snapshot,
      targetSnapshot: detail.snapshot,
      metadataFile: detail.metadataFile,
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
    const { volume, made } = await ensureSetup(snowflake, { ...wishedBy(settings, snowflake.address), ...place });
    for (const what of made) emit({ event: "note", message: `made ${what} in Snowflake` });
    return volume;
  }
}

const volumes = new WeakMap<object, Promise<Volume>>();

async function closed(snowflake: Snowflake): Promise<void> {
  await snowflake.close().catch(() => undefined);
}
