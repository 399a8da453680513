import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../core/jobs/parse/json.ts";
import { isSecretName, PROJECT, type Settings, SettingsError } from "../../core/settings.ts";
import type { Session } from "../spark/session.ts";
import { sparkCatalog } from "./names.ts";
import { refuseUnredacted } from "./redaction.ts";
import { variableOf } from "./variables.ts";

const catalogShape = z.strictObject({
  role: z.enum(["source", "lake", "target"]),
  spark: z.union([z.literal("server"), z.record(z.string(), z.string())]),
});

/** A catalog of `catalogs.json`: its role, and the Spark settings that make it known, or `server` where Spark knows it already. */
export type Catalog = z.infer<typeof catalogShape>;

/** Reads `catalogs.json`. Throws a SettingsError that says what is wrong in it. */
export function readCatalogs(file = join(PROJECT, "catalogs.json")): Record<string, Catalog> {
  let json: unknown;
  try {
    json = parseJson(readFileSync(file, "utf8"));
  } catch (error) {
    throw new SettingsError(`catalogs.json can't be read: ${(error as Error).message}`);
  }
  const result = z.record(z.string().regex(/^[a-z][a-z0-9_]*$/), catalogShape).safeParse(json);
  if (result.success) return result.data;
  const found = result.error.issues.map(issue => `${issue.path.join(".")}: ${issue.message}`);
  throw new SettingsError(`catalogs.json is wrong: ${found.join("; ")}`);
}

/** Makes catalogs known to a Spark session, once each. A secret is sent only to a server that keeps it out of its logs. */
export async function attachCatalogs(session: Session, settings: Settings, names: readonly string[]): Promise<void> {
  const catalogs = readCatalogs();
  const done = attached.get(session) ?? new Set();
  const missing = [...new Set(names)].filter(name => !done.has(name));
  const found = missing.flatMap(name => {
    const spark = catalogs[name]?.spark;
    if (!spark)
      throw new SettingsError(
        `There is no catalog "${name}" in catalogs.json; it has ${Object.keys(catalogs).join(", ")}.`,
      );
    return spark === "server" ? [] : [sparkSettings(name, spark, settings)];
  });
  if (found.length > 0) {
    await refuseUnredacted(
      session,
      found.flatMap(({ secretKeys }) => secretKeys),
    );
    await session.config.set(Object.assign({}, ...found.map(({ pairs }) => pairs)));
  }
  attached.set(session, new Set([...(attached.get(session) ?? []), ...missing]));
}

const attached = new WeakMap<Session, Set<string>>();

/** The lines of one catalog with `${NAME}` filled in, secrets too; undefined where Spark alone knows it. */
export function filledCatalog(name: string, settings: Settings): Readonly<Record<string, string>> | undefined {
  const spark = readCatalogs()[name]?.spark;
  if (!spark || spark === "server") return undefined;
  const { pairs } = sparkSettings(name, spark, settings);
  const prefix = `spark.sql.catalog.${sparkCatalog(name)}.`;
  return Object.fromEntries(
    Object.entries(pairs).flatMap(([key, value]) =>
      key.startsWith(prefix) ? [[key.slice(prefix.length), value]] : [],
    ),
  );
}

/** The Spark settings of one catalog, `${NAME}` filled in, and which of them hold a secret. */
export function sparkSettings(name: string, spark: Record<string, string>, settings: Settings) {
  const prefix = `spark.sql.catalog.${sparkCatalog(name)}`;
  const { class: implementation = "org.apache.iceberg.spark.SparkCatalog", ...rest } = spark;
  const pairs: Record<string, string> = { [prefix]: implementation };
  const secretKeys: string[] = [];
  const fill = (text: string) =>
    text.replace(/\$\{(\w+)\}/g, (_, variable: string) => needed(variable, settings, name));
  for (const [key, value] of Object.entries({ "cache-enabled": "false", ...rest })) {
    const filled = `${prefix}.${fill(key)}`;
    if (holdsSecret(value)) secretKeys.push(filled);
    pairs[filled] = fill(value);
  }
  return { pairs, secretKeys };
}

function needed(variable: string, settings: Settings, catalog: string): string {
  const value = variableOf(variable, settings);
  if (value) return value;
  throw new SettingsError(
    `The catalog "${catalog}" needs ${variable}: write ${variable}=… into .env (see catalogs.json).`,
  );
}

/** What a server of our own is started with, so that it redacts the secrets of `catalogs.json` in its event log too. */
export function secretPlaceholders(): Record<string, string> {
  const found = Object.entries(readCatalogs()).flatMap(([name, { spark }]) => {
    if (spark === "server") return [];
    const secret = Object.entries(spark).filter(([key, value]) => holdsSecret(value) && !key.includes("${"));
    return secret.map(([key]) => [`spark.sql.catalog.${sparkCatalog(name)}.${key}`, PLACEHOLDER]);
  });
  return Object.fromEntries(found);
}

function holdsSecret(value: string): boolean {
  return [...value.matchAll(/\$\{(\w+)\}/g)].some(([, name = ""]) => isSecretName(name));
}

const PLACEHOLDER = "set-by-the-portal";
