import { done, type StatementResult, texts } from "./encode.ts";
import type { Properties, Reader } from "./reader.ts";
import { exists, invalid, missing, unsupported } from "./refusal.ts";
import type { StandInSession } from "./session.ts";

const PROPERTIES = ["STORAGE_LOCATIONS", "ALLOW_WRITES", "COMMENT"];
const LOCATION = ["NAME", "STORAGE_PROVIDER", "STORAGE_BASE_URL", "AZURE_TENANT_ID"];

/** `CREATE EXTERNAL VOLUME`, in Azure and in the one storage account that this laptop has. */
export function createVolume(reader: Reader, { lake }: StandInSession): StatementResult {
  const { registry } = lake;
  const ifNotExists = reader.take("IF NOT EXISTS");
  const name = reader.name().join(".");
  const { STORAGE_LOCATIONS: locations, COMMENT } = reader.properties([...PROPERTIES, ...LOCATION]);
  reader.end();
  const found = registry.volumes.some(volume => volume.name === name);
  if (found && ifNotExists) return done(`${name} already exists, statement succeeded.`);
  if (found) throw exists("External volume", name);
  if (typeof locations !== "object" || locations.length !== 1) throw unsupported("other than one storage location");
  const base = baseOf(locations[0] ?? {}, lake.account);
  const location = String(locations[0]?.NAME);
  const volume = {
    name,
    location,
    base,
    tenant: String(locations[0]?.AZURE_TENANT_ID),
    comment: String(COMMENT ?? ""),
  };
  registry.volumes.push(volume);
  registry.save();
  return done(`External volume ${name} successfully created.`);
}

/** `DESC EXTERNAL VOLUME`. */
export function describeVolume(reader: Reader, { lake: { registry } }: StandInSession): StatementResult {
  const name = reader.name().join(".");
  reader.end();
  const volume = registry.volumes.find(one => one.name === name);
  if (!volume) throw missing("External volume", name);
  const details = {
    NAME: volume.location,
    STORAGE_PROVIDER: "AZURE",
    STORAGE_BASE_URL: volume.base,
    STORAGE_ALLOWED_LOCATIONS: [`${volume.base}*`],
    AZURE_TENANT_ID: volume.tenant,
    AZURE_MULTI_TENANT_APP_NAME: "local-stand-in",
    AZURE_CONSENT_URL: "",
  };
  const names = ["parent_property", "property", "property_type", "property_value", "property_default"];
  return texts(names, [
    ["", "ALLOW_WRITES", "Boolean", "true", "true"],
    ["STORAGE_LOCATIONS", "STORAGE_LOCATION_1", "String", JSON.stringify(details), ""],
    ["STORAGE_LOCATIONS", "ACTIVE", "String", volume.location, ""],
    ["", "COMMENT", "String", volume.comment, ""],
  ]);
}

function baseOf({ STORAGE_PROVIDER: provider, STORAGE_BASE_URL: url, ...rest }: Properties, account: string): string {
  if (provider !== "AZURE") throw unsupported(`the storage provider ${provider}`);
  if (!rest.NAME || !rest.AZURE_TENANT_ID) throw invalid("a storage location needs NAME and AZURE_TENANT_ID.");
  const wanted = `azure://${account}.blob.core.windows.net/<container>/`;
  if (typeof url !== "string" || !url.startsWith(wanted.replace("<container>/", "")))
    throw invalid(`STORAGE_BASE_URL is ${url}; on this laptop it can only be ${wanted}`);
  return url.endsWith("/") ? url : `${url}/`;
}
