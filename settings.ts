import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "dotenv";
import { z } from "zod";
import { ROLES } from "./jobs/people.ts";

/** The folder of the project. */
export const PROJECT = import.meta.dirname;

const text = z.string().min(1).optional();
const count = (fallback: number) => z.coerce.number<string>().int().positive().default(fallback);

/** Every setting, by the name it has in `.env`. `.env.example` says the same with the meaning of each. */
export const settingsShape = z.object({
  DATA_DIR: z.string().default(PROJECT),
  LAPTOP_DIR: z.string().default(join(PROJECT, ".laptop")),
  CACHE_DIR: z.string().default(join(homedir(), ".cache", "data-operations-portal")),
  PORTAL_HOST: z.string().default("127.0.0.1"),
  PORTAL_PORT: count(3000),
  PORTAL_ORIGIN: z
    .url({ protocol: /^https?$/, error: "expected the address that people open, https://portal.example.com" })
    .optional(),
  AUTH: z.enum(["local", "proxy"]).default("local"),
  AUTH_HEADER: z.string().min(1).default("x-forwarded-user"),
  AUTH_PROXY: z.string().min(1).default("127.0.0.1"),
  AUTH_ROLE: z.enum(ROLES).default("viewer"),
  WORKER_CONCURRENCY: count(2),
  MIN_FREE_MB: count(1024),
  SPARK_REMOTE: z.string().startsWith("sc://", "expected sc://host:port").optional(),
  SPARK_MASTER: text,
  SPARK_HOME: text,
  SPARK_CONF_FILE: text,
  SPARK_PARALLEL: count(4),
  HIVE_METASTORE_URI: z.string().startsWith("thrift://", "expected thrift://host:port").optional(),
  LAKE_WAREHOUSE: text,
  AZURE_ACCOUNT: text,
  AZURE_CONTAINER: text,
  AZURE_ENDPOINT: text,
  AZURE_KEY: text,
  AZURE_TENANT_ID: text,
  AZURE_CATALOG_URI: text,
  SNOWFLAKE_ACCOUNT: text,
  SNOWFLAKE_USER: text,
  SNOWFLAKE_PRIVATE_KEY_FILE: text,
  SNOWFLAKE_PRIVATE_KEY_PASSPHRASE: text,
  SNOWFLAKE_PASSWORD: text,
  SNOWFLAKE_ROLE: text,
  SNOWFLAKE_WAREHOUSE: text,
  SNOWFLAKE_DATABASE: text,
  SNOWFLAKE_SCHEMA: text,
  SNOWFLAKE_EXTERNAL_VOLUME: text,
  SNOWFLAKE_CATALOG_INTEGRATION: text,
  SCRIPTS_DIR: z.string().min(1).default("hdfs:///my_project/scripts"),
  WEBHDFS_URL: z.url({ protocol: /^https?$/, error: "expected http://namenode:9870" }).optional(),
  WEBHDFS_USER: text,
  WEBHDFS_HOSTS: text,
  SPARK_SUBMIT: text,
  KAFKA_BROKERS: z
    .string()
    .regex(/^\s*[^\s,:/]+:\d+(\s*,\s*[^\s,:/]+:\d+)*\s*$/, "expected host:9092, several with commas between them")
    .optional(),
  UPLOAD_LIMIT_MB: count(10_240),
  FILES_FROM: text,
  ALERT_WEBHOOK_URL: z.url({ protocol: /^https?$/, error: "expected https://hooks.example.com/…" }).optional(),
  AUDIT_KEY: text,
});

/** All settings, checked, with their defaults; paths absolute. */
export type Settings = z.infer<typeof settingsShape>;

/** Settings that hold a secret, as the address of a webhook does: never in a job file, log, record, page or argument list. */
export const SECRETS = [
  "AZURE_KEY",
  "SNOWFLAKE_PASSWORD",
  "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE",
  "AUDIT_KEY",
  "ALERT_WEBHOOK_URL",
] as const satisfies readonly (keyof Settings)[];

/** A setting is missing or wrong; the message holds the line to write. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/** Reads every setting from the environment, then from `.env` in the project. Throws one SettingsError naming all that is wrong. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env, file = join(PROJECT, ".env")): Settings {
  const written = existsSync(file) ? parse(readFileSync(file)) : {};
  const given = Object.fromEntries(Object.entries({ ...written, ...environment }).filter(([, value]) => value !== ""));
  const result = settingsShape.safeParse(given);
  if (!result.success) {
    const lines = result.error.issues.map(
      issue => `${issue.path.join(".")}: ${issue.message}. Correct this line in .env.`,
    );
    throw new SettingsError(lines.join("\n"));
  }
  const settings = result.data;
  const absolute = (path: string) => resolve(PROJECT, path.replace(/^~(?=\/)/, homedir()));
  return {
    ...settings,
    DATA_DIR: absolute(settings.DATA_DIR),
    LAPTOP_DIR: absolute(settings.LAPTOP_DIR),
    CACHE_DIR: absolute(settings.CACHE_DIR),
  };
}

/** The settings of a process that needs no secret: none is read, from the environment or from `.env`. */
export function readSettingsWithoutSecrets(): Settings {
  for (const name of SECRETS) process.env[name] = "";
  return readSettings();
}

/** The settings of this process as environment variables, for a process that it starts. */
export function settingsEnvironment(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const names = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "USER", ...Object.keys(settingsShape.shape)];
  return Object.fromEntries(
    names.flatMap(name => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
}
