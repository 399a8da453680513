import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readEndpoints } from "../../core/endpoints.ts";
import { type Settings, SettingsError } from "../../core/settings.ts";

/** Where Snowflake is and who logs in there. */
export interface SnowflakeAddress {
  account: string;
  url: string;
  /** The laptop's stand-in, and not Snowflake. */
  standIn: boolean;
  user: string;
  password?: string;
  /** A private key (PEM), and what opens it. */
  privateKey?: string;
  passphrase?: string;
  role?: string;
  warehouse?: string;
  database: string;
  schema: string;
  volume: string;
  integration: string;
}

/** The file in which the laptop stack keeps the password of its stand-in. */
export function standInPasswordFile(settings: Pick<Settings, "LAPTOP_DIR">): string {
  return join(settings.LAPTOP_DIR, "snowflake", "password");
}

/** Where Snowflake is: the account of the settings, else the laptop's stand-in. Throws a SettingsError that says what is missing. */
export function snowflakeAddress(settings: Settings): SnowflakeAddress {
  return settings.SNOWFLAKE_ACCOUNT ? account(settings, settings.SNOWFLAKE_ACCOUNT) : standIn(settings);
}

/** Whether a key or a password may be sent to a host: Snowflake's own, or the stand-in on this very machine. */
export function isTrusted({ url, standIn: local }: Pick<SnowflakeAddress, "url" | "standIn">): boolean {
  const { protocol, hostname } = new URL(url);
  if (local) return protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(hostname);
  return protocol === "https:" && /^([a-z0-9_-]+\.)+snowflakecomputing\.(com|cn)$/.test(hostname);
}

function account(settings: Settings, name: string): SnowflakeAddress {
  if (!/^[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*$/.test(name))
    throw new SettingsError(
      `SNOWFLAKE_ACCOUNT=${name} is not an account: expected ORGANISATION-ACCOUNT, without a host.`,
    );
  const end = /\.cn-[^.]+$/i.test(name) ? "cn" : "com";
  const { SNOWFLAKE_PRIVATE_KEY_FILE: file, SNOWFLAKE_PASSWORD: password } = settings;
  if (!file && !password)
    throw new SettingsError(
      "Snowflake needs a key: write SNOWFLAKE_PRIVATE_KEY_FILE=… (or SNOWFLAKE_PASSWORD=…) into .env.",
    );
  const passphrase = settings.SNOWFLAKE_PRIVATE_KEY_PASSPHRASE;
  return {
    account: name,
    url: `https://${name.toLowerCase()}.snowflakecomputing.${end}`,
    standIn: false,
    user: needed(settings, "SNOWFLAKE_USER"),
    ...(file ? { privateKey: readKey(file), ...(passphrase && { passphrase }) } : { password: password ?? "" }),
    ...places(settings, needed(settings, "SNOWFLAKE_DATABASE")),
  };
}

function standIn(settings: Settings): SnowflakeAddress {
  const service = readEndpoints(settings).snowflake;
  if (!service)
    throw new SettingsError(
      "No Snowflake is set or started: run `npm run laptop`, or write SNOWFLAKE_ACCOUNT=… into .env.",
    );
  return {
    account: service.account,
    url: service.url,
    standIn: true,
    user: settings.SNOWFLAKE_USER ?? "PORTAL",
    password: settings.SNOWFLAKE_PASSWORD ?? readFileSync(standInPasswordFile(settings), "utf8").trim(),
    ...places(settings, settings.SNOWFLAKE_DATABASE ?? "portal"),
  };
}

function places(settings: Settings, database: string) {
  return {
    ...(settings.SNOWFLAKE_ROLE && { role: settings.SNOWFLAKE_ROLE }),
    ...(settings.SNOWFLAKE_WAREHOUSE && { warehouse: settings.SNOWFLAKE_WAREHOUSE }),
    database,
    schema: settings.SNOWFLAKE_SCHEMA ?? "public",
    volume: settings.SNOWFLAKE_EXTERNAL_VOLUME ?? "portal_volume",
    integration: settings.SNOWFLAKE_CATALOG_INTEGRATION ?? "portal_catalog",
  };
}

function needed(settings: Settings, name: "SNOWFLAKE_USER" | "SNOWFLAKE_DATABASE"): string {
  const value = settings[name];
  if (value) return value;
  throw new SettingsError(`Snowflake needs ${name}: write ${name}=… into .env.`);
}

function readKey(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new SettingsError(`SNOWFLAKE_PRIVATE_KEY_FILE=${file} can't be read: ${(error as Error).message}`);
  }
}
