import { SECRETS, SettingsError } from "../../core/settings.ts";
import { readCatalogs } from "../iceberg/catalogs.ts";

/** Why a process without secrets can't look into a catalog, in a sentence; undefined where it can. */
export function whyNotHere(name: string): string | undefined {
  try {
    const catalogs = readCatalogs();
    const catalog = Object.hasOwn(catalogs, name) ? catalogs[name] : undefined;
    if (!catalog) {
      return `There is no catalog "${name}" in catalogs.json; it has ${Object.keys(catalogs).join(", ")}.`;
    }
    const secret = catalog.spark === "server" ? undefined : secretOf(catalog.spark);
    return secret && `The catalog ${name} needs ${secret}, which only the worker holds.`;
  } catch (error) {
    if (error instanceof SettingsError) return error.message;
    throw error;
  }
}

/** Whether catalogs.json has a catalog of that name. */
export function isCatalog(name: string): boolean {
  try {
    return Object.hasOwn(readCatalogs(), name);
  } catch {
    return false;
  }
}

// A user's own variable may be a secret as well as one of ours: the key that it stands under tells.
function secretOf(spark: Readonly<Record<string, string>>): string | undefined {
  for (const [key, value] of Object.entries(spark)) {
    const variables = [...value.matchAll(/\$\{(\w+)\}/g)].map(match => match[1] ?? "");
    const secret = variables.find(variable => OURS.has(variable) || looksSecret(variable));
    if (secret) return secret;
    if (looksSecret(key)) return variables[0] ?? `a value for ${key}`;
  }
  return undefined;
}

/** Whether a setting of that name holds a secret, as far as a name can tell. */
export function looksSecret(key: string): boolean {
  return /secret|password|passphrase|token|credential|(access|account|shared|sas)[._-]?key$|[._-]sas\b/i.test(key);
}

const OURS: ReadonlySet<string> = new Set(SECRETS);
