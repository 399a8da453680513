import { existsSync, readFileSync } from "node:fs";
import { isIP } from "node:net";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "dotenv";
import { z } from "zod";
import { defaultCache } from "../setup/environment.mjs";
import { ROLES } from "./people/roles.ts";
import { scriptsFolder } from "./store/data-files.ts";

/** The folder of the project. */
export const PROJECT = join(import.meta.dirname, "..");

const text = z.string().min(1).optional();
const count = (fallback: number) => z.coerce.number<string>().int().positive().default(fallback);

function isTimeZone(name: string): boolean {
  try {
    return Boolean(new Intl.DateTimeFormat("en", { timeZone: name }));
  } catch {
    return false;
  }
}

/** Every setting, by the name it has in `.env`. `.env.example` says the same with the meaning of each. */
export const settingsShape = z.object({
  DATA_DIR: z.string().default(PROJECT),
  LAPTOP_DIR: z.string().default(join(PROJECT, ".laptop")),
  CACHE_DIR: z.string().default(defaultCache),
  PORTAL_HOST: z.string().default("127.0.0.1"),
  PORTAL_PORT: count(3000),
  PORTAL_ORIGIN: z
    .url({ protocol: /^https?$/, error: "expected the address that people open, https://portal.example.com" })
    .optional(),
  PORTAL_TLS_CERT_FILE: text,
  PORTAL_TLS_KEY_FILE: text,
  PORTAL_ALLOWED_HOSTS: text,
  PORTAL_PROXY: z
    .string()
    .refine(isAddressList, "expected addresses or networks, 10.1.2.3 or 10.0.0.0/8, several with commas between them")
    .optional(),
  AUTH: z.enum(["local", "proxy"]).default("local"),
  AUTH_HEADER: z.string().min(1).default("x-forwarded-user"),
  AUTH_PROXY: z.string().min(1).default("127.0.0.1"),
  AUTH_ROLE: z.enum(ROLES).default("viewer"),
  OIDC_ISSUER: z
    .string()
    .refine(isSafeIssuer, "expected https://login.example.com/…; http only on this machine")
    .optional(),
  OIDC_CLIENT_ID: text,
  OIDC_CLIENT_SECRET: text,
  OIDC_NAME: text,
  OIDC_SCOPES: z.string().min(1).default("openid profile email"),
  OIDC_NAME_CLAIM: z.string().min(1).default("preferred_username"),
  OIDC_GROUPS_CLAIM: z.string().min(1).default("groups"),
  OIDC_ROLES: text,
  OIDC_CLOCK_TOLERANCE: z.coerce.number<string>().int().min(0).default(30),
  WORKER_CONCURRENCY: count(2),
  MIN_FREE_MB: count(1024),
  CA_FILE: text,
  SPARK_REMOTE: z.string().startsWith("sc://", "expected sc://host:port").optional(),
  SPARK_CA_FILE: text,
  SPARK_CERT_FILE: text,
  SPARK_KEY_FILE: text,
  SPARK_MASTER: text,
  SPARK_HOME: text,
  SPARK_CONF_FILE: text,
  SPARK_PARALLEL: count(4),
  SPARK_ANSWER_SECONDS: count(20),
  SPARK_START_SECONDS: count(300),
  HADOOP_CONF_DIR: text,
  SPARK_KERBEROS_PRINCIPAL: text,
  SPARK_KERBEROS_KEYTAB: text,
  HIVE_METASTORE_URI: z.string().startsWith("thrift://", "expected thrift://host:port").optional(),
  HIVE_METASTORE_PRINCIPAL: text,
  HIVE_READ_TRANSACTION: z.enum(["on", "off"]).default("on"),
  HIVE_SERVER2_URL: z
    .string()
    .regex(/^(jdbc:hive2|hive2|thrift|https?):\/\/[^/;]/i, "expected jdbc:hive2://host:10000")
    .optional(),
  HIVE_SERVER2_USER: text,
  HIVE_SERVER2_PASSWORD: text,
  HIVE_SERVER2_CA_FILE: text,
  HIVE_TIME_ZONE: z.string().refine(isTimeZone, "expected a time zone such as Europe/Berlin").optional(),
  LAKE_WAREHOUSE: text,
  AZURE_ACCOUNT: text,
  AZURE_CONTAINER: text,
  AZURE_ENDPOINT: text,
  AZURE_KEY: text,
  AZURE_TENANT_ID: text,
  AZURE_CATALOG_URI: text,
  AZURE_ANSWER_SECONDS: count(30),
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
  SCRIPTS_DIR: z.string().min(1).default("scripts"),
  SCRIPTS_USER: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9._-]{0,31}$/, "expected the name of a user of this machine")
    .optional(),
  WEBHDFS_URL: z
    .string()
    .refine(
      isHdfsAddressList,
      "expected http://namenode:9870, two NameNodes with a comma between them; a user and a password go into WEBHDFS_USER and WEBHDFS_PASSWORD",
    )
    .optional(),
  WEBHDFS_USER: text,
  WEBHDFS_PASSWORD: text,
  WEBHDFS_HOSTS: text,
  SPARK_SUBMIT: text,
  KAFKA_BROKERS: z
    .string()
    .regex(/^\s*[^\s,:/]+:\d+(\s*,\s*[^\s,:/]+:\d+)*\s*$/, "expected host:9092, several with commas between them")
    .optional(),
  UPLOAD_LIMIT_MB: count(10_240),
  FILES_FROM: text,
  ALERT_WEBHOOK_URL: z.url({ protocol: /^https?$/, error: "expected https://hooks.example.com/…" }).optional(),
  SMTP_URL: text,
  SMTP_FROM: text,
  OPENLINEAGE_URL: z
    .url({ protocol: /^https?$/, error: "expected https://marquez.example.com/api/v1/lineage" })
    .optional(),
  OPENLINEAGE_API_KEY: text,
  OPENLINEAGE_FILE: text,
  OPENLINEAGE_NAMESPACE: z.string().min(1).default("data-operations-portal"),
  AUDIT_KEY: text,
});

// Express reads such a list, and throws where one entry is none.
function isAddressList(list: string): boolean {
  return list.split(",").every(entry => {
    const [address = "", bits] = entry.trim().split("/");
    const version = isIP(address);
    return (
      version > 0 && (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128)))
    );
  });
}

function isHdfsAddressList(list: string): boolean {
  return list.split(",").every(entry => {
    const url = URL.canParse(entry.trim()) ? new URL(entry.trim()) : undefined;
    return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
  });
}

function isSafeIssuer(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" || (protocol === "http:" && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
}

/** All settings, checked, with their defaults; paths absolute. */
export type Settings = z.infer<typeof settingsShape>;

/** Settings that hold a secret, as the address of a webhook does: never in a job file, log, record, page or argument list. */
export const SECRETS = [
  "HIVE_SERVER2_PASSWORD",
  "AZURE_KEY",
  "SNOWFLAKE_PASSWORD",
  "SNOWFLAKE_PRIVATE_KEY_PASSPHRASE",
  "AUDIT_KEY",
  "ALERT_WEBHOOK_URL",
  "OIDC_CLIENT_SECRET",
  "SMTP_URL",
  "OPENLINEAGE_API_KEY",
  "WEBHDFS_PASSWORD",
] as const satisfies readonly (keyof Settings)[];

/** The one secret that the portal itself needs, to log people in. No other process reads it. */
const PORTAL_SECRETS: readonly string[] = ["OIDC_CLIENT_SECRET"] satisfies (typeof SECRETS)[number][];

/** The portal lists and takes scripts in HDFS, and jobs read there. */
const SHARED_SECRETS: readonly string[] = ["WEBHDFS_PASSWORD"] satisfies (typeof SECRETS)[number][];

/** Whether a variable holds a secret, or names the file of one, that the portal may not see. */
export function isHiddenFromPortal(name: string): boolean {
  const open = [...PORTAL_SECRETS, ...SHARED_SECRETS];
  return SECRETS.some(secret => !open.includes(secret) && (name === secret || name === fileOf(secret)));
}

/** Whether a variable holds a secret of the portal, or names the file of one: no job needs it. */
export function isForPortalOnly(name: string): boolean {
  return PORTAL_SECRETS.some(secret => name === secret || name === fileOf(secret));
}

/** Every name that a setting may be given by: its own, and for a secret also that of a file that holds it, `AZURE_KEY_FILE`. */
export const SETTING_NAMES: readonly string[] = [...Object.keys(settingsShape.shape), ...SECRETS.map(fileOf)];

/** Whether a variable holds a secret: one of ours, or one of another name that says so, as `catalogs.json` may use. */
export function isSecretName(name: string): boolean {
  return SECRETS.some(secret => secret === name) || (!SETTING_NAMES.includes(name) && SECRET_NAME.test(name));
}

function fileOf(secret: string): string {
  return `${secret}_FILE`;
}

const SECRET_NAME = /^notify_|key|secret|token|passw|passphrase|credential|sas\b|_sas/i;

/** A setting is missing or wrong; the message holds the line to write. */
export class SettingsError extends Error {
  override name = "SettingsError";
}

/** Reads every setting from the environment, then from `.env` in the project. Throws one SettingsError naming all that is wrong. */
export function readSettings(environment: NodeJS.ProcessEnv = process.env, file = join(PROJECT, ".env")): Settings {
  const written = existsSync(file) ? parse(readFileSync(file)) : {};
  const given = Object.fromEntries(Object.entries({ ...written, ...environment }).filter(([, value]) => value !== ""));
  const fromFiles = SECRETS.flatMap(name => secretFromFile(name, given) ?? []);
  const secrets = fromFiles.flatMap(read => ("value" in read ? [[read.name, read.value]] : []));
  const result = settingsShape.safeParse({ ...given, ...Object.fromEntries(secrets) });
  const problems = fromFiles.flatMap(read => ("problem" in read ? [read.problem] : []));
  for (const issue of result.error?.issues ?? [])
    problems.push(`${issue.path.join(".")}: ${issue.message}. Correct this line in .env.`);
  if (!result.success || problems.length > 0) throw new SettingsError(problems.join("\n"));
  const settings = result.data;
  const absolute = (path: string) => resolve(PROJECT, path.replace(/^~(?=\/)/, homedir()));
  return {
    ...settings,
    DATA_DIR: absolute(settings.DATA_DIR),
    LAPTOP_DIR: absolute(settings.LAPTOP_DIR),
    CACHE_DIR: absolute(settings.CACHE_DIR),
    ...(settings.HADOOP_CONF_DIR && { HADOOP_CONF_DIR: absolute(settings.HADOOP_CONF_DIR) }),
    ...(settings.SPARK_KERBEROS_KEYTAB && { SPARK_KERBEROS_KEYTAB: absolute(settings.SPARK_KERBEROS_KEYTAB) }),
    ...(settings.OPENLINEAGE_FILE && { OPENLINEAGE_FILE: absolute(settings.OPENLINEAGE_FILE) }),
    ...(settings.PORTAL_TLS_CERT_FILE && { PORTAL_TLS_CERT_FILE: absolute(settings.PORTAL_TLS_CERT_FILE) }),
    ...(settings.PORTAL_TLS_KEY_FILE && { PORTAL_TLS_KEY_FILE: absolute(settings.PORTAL_TLS_KEY_FILE) }),
    ...(settings.CA_FILE && { CA_FILE: absolute(settings.CA_FILE) }),
    ...(settings.SPARK_CA_FILE && { SPARK_CA_FILE: absolute(settings.SPARK_CA_FILE) }),
    ...(settings.SPARK_CERT_FILE && { SPARK_CERT_FILE: absolute(settings.SPARK_CERT_FILE) }),
    ...(settings.SPARK_KEY_FILE && { SPARK_KEY_FILE: absolute(settings.SPARK_KEY_FILE) }),
    ...(given.SCRIPTS_DIR === undefined && {
      SCRIPTS_DIR: settings.WEBHDFS_URL ? "hdfs:///my_project/scripts" : scriptsFolder(absolute(settings.DATA_DIR)),
    }),
  };
}

// A secret may lie in a file of its own, as systemd and container engines hand it over. A line break at its end is none of it.
function secretFromFile(
  name: string,
  given: NodeJS.Dict<string>,
): { name: string; value: string } | { problem: string } | undefined {
  const file = given[fileOf(name)];
  if (file === undefined) return undefined;
  if (given[name] !== undefined) return { problem: `${name} and ${fileOf(name)} are both set: keep one of them.` };
  try {
    const value = readFileSync(resolve(PROJECT, file), "utf8").replace(/\r?\n$/, "");
    return value === "" ? { problem: `${fileOf(name)}: ${file} is empty. Write the secret into it.` } : { name, value };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problem: `${fileOf(name)}: ${file} can't be read (${code}). Correct the path, or who may read it.` };
  }
}

/** The secret on a line of `.env` that is no setting, such as the address of somebody's webhook; from a file where `NAME_FILE` is set. */
export function readNamedSecret(
  name: string,
  environment: NodeJS.ProcessEnv = process.env,
  file = join(PROJECT, ".env"),
): string | undefined {
  const given = { ...(existsSync(file) ? parse(readFileSync(file)) : {}), ...environment };
  const read = secretFromFile(name, given);
  return read && "value" in read ? read.value : given[name] || undefined;
}

/** The settings of the portal: no secret but its own is read, from the environment, from `.env` or from a file. */
export function readSettingsWithoutSecrets(): Settings {
  for (const name of SETTING_NAMES) if (isHiddenFromPortal(name)) process.env[name] = "";
  return readSettings();
}

/** The settings of this process as environment variables, for a process that it starts. */
export function settingsEnvironment(environment: NodeJS.ProcessEnv = process.env): Record<string, string> {
  const names = ["PATH", "HOME", "LANG", "TZ", "TMPDIR", "USER", "KRB5_CONFIG", ...SETTING_NAMES];
  return Object.fromEntries(
    names.flatMap(name => (environment[name] === undefined ? [] : [[name, environment[name]]])),
  );
}
