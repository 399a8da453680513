import { readEndpoints } from "../../core/endpoints.ts";
import { type Settings, SettingsError } from "../../core/settings.ts";
import type { SnowflakeAddress } from "./address.ts";
import type { Snowflake, SnowflakeRow } from "./connect.ts";
import { isForbidden, isMissing, isThere, SnowflakeError } from "./errors.ts";
import { type Need, NO_TENANT, type RequiredSetup, setupScript, setupStatements } from "./setup-script.ts";

/** What an external volume says of itself. */
export interface Volume {
  /** Where its files begin, `azure://account.blob.core.windows.net/container/`. */
  base: string;
  /** A page where an administrator of Azure lets Snowflake in, and the name under which it asks. */
  consentUrl?: string;
  appName?: string;
}

/** What Snowflake needs by the settings, or by the laptop's Azurite. */
export function requiredSetup(settings: Settings, address: SnowflakeAddress): RequiredSetup {
  const local = settings.AZURE_ACCOUNT ? undefined : readEndpoints(settings).azure;
  const account = settings.AZURE_ACCOUNT ?? local?.account;
  const container = settings.AZURE_CONTAINER ?? local?.container;
  if (!account || !container)
    throw new SettingsError("Snowflake reads from Azure: write AZURE_ACCOUNT=… and AZURE_CONTAINER=… into .env.");
  const tenant = settings.AZURE_TENANT_ID ?? (address.standIn ? "this-laptop" : undefined);
  return { ...address, azure: { account, container, tenant }, schemaByNamespace: !settings.SNOWFLAKE_SCHEMA };
}

/** Makes sure that all is there: what exists is used, the rest made where the role may; else it throws with the SQL to run. */
export async function ensureSetup(
  snowflake: Snowflake,
  required: RequiredSetup,
): Promise<{ volume: Volume; made: string[] }> {
  const made: string[] = [];
  const { database, schema, integration, volume } = setupStatements(required);
  const all = [database, schema, integration, volume];
  // Mostly all is there, and then it is asked for at once.
  const first = await Promise.all(all.map(({ what }) => describe(snowflake, what)));
  let rows: SnowflakeRow[] = [];
  for (const [i, need] of all.entries()) rows = first[i] ?? (await ensure(need));
  return { volume: volumeOf(rows), made };

  async function ensure({ what, make }: Need): Promise<SnowflakeRow[]> {
    // A new database comes with a schema.
    const found = made.length > 0 && (await describe(snowflake, what));
    if (found) return found;
    if (make.includes(NO_TENANT)) throw refused(what, "and AZURE_TENANT_ID is not set, so it can't be made");
    try {
      await snowflake.run(make);
    } catch (error) {
      if (isForbidden(error)) throw refused(what, "and this role may not make it", error);
      if (isThere(error)) throw refused(what, "that this role may use, though it exists", error);
      throw error;
    }
    made.push(what);
    const rows = await describe(snowflake, what);
    if (rows) return rows;
    // IF NOT EXISTS says nothing of one that is there and hidden from the role.
    throw refused(what, "that this role may use, though it exists");
  }

  function refused(what: string, why: string, cause?: unknown): SnowflakeError {
    const hint = `An administrator runs this once in Snowflake (\`npm run snowflake-setup\` prints it too):\n${setupScript(required)}`;
    return new SnowflakeError(`There is no ${what} in Snowflake ${why}.`, { hint, cause });
  }
}

/** The external volume as it is now, or undefined where there is none that the role may see. */
export async function findVolume(snowflake: Snowflake, required: RequiredSetup): Promise<Volume | undefined> {
  const rows = await describe(snowflake, setupStatements(required).volume.what);
  return rows && volumeOf(rows);
}

/** What the answer to `DESC EXTERNAL VOLUME` says. */
export function volumeOf(rows: readonly SnowflakeRow[]): Volume {
  const described = rows.find(({ property }) => /^STORAGE_LOCATION_\d+$/.test(property ?? ""))?.property_value;
  const { STORAGE_BASE_URL: base, ...rest } = JSON.parse(described ?? "{}") as Record<string, string | undefined>;
  if (!base) throw new SnowflakeError("The external volume has no storage location that this role may see.");
  const { AZURE_CONSENT_URL: consentUrl, AZURE_MULTI_TENANT_APP_NAME: appName } = rest;
  return { base, ...(consentUrl && { consentUrl }), ...(appName && { appName }) };
}

async function describe(snowflake: Snowflake, what: string): Promise<SnowflakeRow[] | undefined> {
  try {
    return await snowflake.run(`DESC ${what}`);
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
