import { delimiter } from "node:path";

/** How a stand-in runs. It is a process of its own, and all it knows comes through its environment. */
export interface Configuration {
  /** Where it keeps its databases and what was registered. */
  folder: string;
  /** The port on 127.0.0.1; 0 takes any free one. */
  port: number;
  password: string;
  /** Public keys (PEM) that may log in too. */
  publicKeys: string[];
  /** The Azurite that holds the tables. */
  azure: { endpoint: string; account: string; key: string };
  /** DuckDB's extensions httpfs, avro, azure and iceberg, by their paths, in this order. */
  extensions: string[];
  /** After how long a slow statement's caller is told to ask again. */
  holdMilliseconds: number;
}

/** The one user, account, role and warehouse that there are. */
export const ACCOUNT = "LOCAL";
export const USER = "PORTAL";
export const ROLE = "PORTAL";
export const WAREHOUSE = "LOCAL";

/** Reads a configuration from the environment. */
export function readConfiguration(environment: NodeJS.ProcessEnv): Configuration {
  const needed = (name: string) => {
    const value = environment[`STAND_IN_${name}`];
    if (value) return value;
    throw new Error(
      `STAND_IN_${name} is not set: the Snowflake stand-in is started by the laptop stack, which sets it.`,
    );
  };
  return {
    folder: needed("DIR"),
    port: Number(needed("PORT")),
    password: needed("PASSWORD"),
    publicKeys: environment.STAND_IN_PUBLIC_KEYS?.match(/-----BEGIN[\s\S]+?-----END [A-Z ]+-----/g) ?? [],
    azure: { endpoint: needed("AZURE_ENDPOINT"), account: needed("AZURE_ACCOUNT"), key: needed("AZURE_KEY") },
    extensions: needed("EXTENSIONS").split(delimiter),
    holdMilliseconds: Number(environment.STAND_IN_HOLD_MS || 40_000),
  };
}

/** The environment that gives a process this configuration. */
export function standInEnvironment(configuration: Configuration): Record<string, string> {
  return {
    STAND_IN_DIR: configuration.folder,
    STAND_IN_PORT: String(configuration.port),
    STAND_IN_PASSWORD: configuration.password,
    STAND_IN_PUBLIC_KEYS: configuration.publicKeys.join("\n"),
    STAND_IN_AZURE_ENDPOINT: configuration.azure.endpoint,
    STAND_IN_AZURE_ACCOUNT: configuration.azure.account,
    STAND_IN_AZURE_KEY: configuration.azure.key,
    STAND_IN_EXTENSIONS: configuration.extensions.join(delimiter),
    STAND_IN_HOLD_MS: String(configuration.holdMilliseconds),
  };
}
