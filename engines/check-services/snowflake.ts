import { setImmediate as othersFirst } from "node:timers/promises";
import { type SnowflakeAddress, snowflakeAddress } from "../../connectors/snowflake/address.ts";
import { openSnowflake, type Snowflake } from "../../connectors/snowflake/connect.ts";
import { identifier } from "../../connectors/snowflake/names.ts";
import { findVolume, requiredSetup } from "../../connectors/snowflake/setup.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import type { Settings } from "../../core/settings.ts";
import { type Check, Fault, NothingThere } from "./service-check.ts";

/** Looks at Snowflake: logs in, and asks for its version, the warehouse and the external volume. */
export function snowflakeCheck(settings: Settings): Check {
  return { name: "snowflake", run: signal => run(settings, signal) };
}

async function run(settings: Settings, signal: AbortSignal): Promise<string[]> {
  if (!settings.SNOWFLAKE_ACCOUNT && !readEndpoints(settings).snowflake)
    throw new NothingThere(
      "No Snowflake is set or started: run `npm run laptop`, or write SNOWFLAKE_ACCOUNT=… into .env.",
    );
  const address = snowflakeAddress(settings);
  await othersFirst();
  const snowflake = await openSnowflake(address);
  try {
    const who = `logged in to ${new URL(address.url).host} as ${address.user}`;
    return [...(await versionOf(snowflake, signal)), who, await volumeOf(snowflake, settings)];
  } finally {
    await snowflake.close().catch(() => undefined);
  }
}

async function versionOf(snowflake: Snowflake, signal: AbortSignal): Promise<string[]> {
  const { address } = snowflake;
  if (address.standIn) {
    await snowflake.run("SELECT 1", [], { signal });
    return ["the laptop's stand-in, which is not Snowflake"];
  }
  const sql = "SELECT CURRENT_VERSION() AS VERSION, CURRENT_WAREHOUSE() AS WAREHOUSE";
  const [row] = await snowflake.run(sql, [], { signal });
  if (!row?.WAREHOUSE) throw noWarehouse(address);
  return [`Snowflake ${row.VERSION}`, `warehouse ${row.WAREHOUSE}`];
}

function noWarehouse({ warehouse, role, user }: SnowflakeAddress): Fault {
  if (!warehouse)
    return new Fault(
      `The user ${user} has no warehouse that runs statements.`,
      "Write SNOWFLAKE_WAREHOUSE=… into .env.",
    );
  const grant = `GRANT USAGE ON WAREHOUSE ${identifier(warehouse)} TO ROLE ${role ? identifier(role) : "<role>"};`;
  return new Fault(
    `Snowflake has no warehouse ${warehouse}, or the role may not use it.`,
    `Correct SNOWFLAKE_WAREHOUSE in .env, or let an administrator run: ${grant}`,
  );
}

async function volumeOf(snowflake: Snowflake, settings: Settings): Promise<string> {
  const { volume } = snowflake.address;
  const found = await findVolume(snowflake, requiredSetup(settings, snowflake.address));
  if (found) return `external volume ${volume} reads from ${found.base}`;
  return `external volume ${volume} is not there yet: \`npm run snowflake-setup\` prints what makes it`;
}
