import { parseRemote } from "../../connectors/spark/remote.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { isSecretName, SECRETS, type Settings } from "../../core/settings.ts";

/**
 * Takes every secret of the settings out of the sentences of whatever an engine is about to tell (messages, hints,
 * notes, reasons): a driver or a server may repeat the address it was given. Names and figures stay as they are.
 */
export function concealing(settings: Settings): <T>(recorded: T) => T {
  const secrets = [...SECRETS.map(name => settings[name]), ...ofRemote(remoteOf(settings)), ...ofEnvironment()]
    .filter(secret => secret !== undefined && secret !== "")
    .flatMap(secret => [String(secret), encodeURIComponent(String(secret))])
    // The longest first: one that begins with another would else leave its end behind.
    .sort((a, b) => b.length - a.length);
  const conceal = (text: string) =>
    secrets
      .reduce((sofar, secret) => sofar.replaceAll(secret, "…"), text)
      .replace(IN_ADDRESS, "$1…")
      .replace(BEFORE_HOST, "$1…@");
  return recorded => walk(recorded, "", conceal) as typeof recorded;
}

const IN_ADDRESS = /\b((?:password|passwd|pwd|passphrase|token|secret|sig|account_?key|access_?key)=)[^\s;&,"')]+/gi;
const BEFORE_HOST = /(:\/\/[^/\s:@]+:)[^/\s@]+@/g;

const SENTENCES = new Set(["message", "hint", "notes", "why", "what", "differences"]);

function walk(value: unknown, key: string, conceal: (text: string) => string): unknown {
  if (typeof value === "string") return SENTENCES.has(key) ? conceal(value) : value;
  if (Array.isArray(value)) return value.map(one => walk(one, key, conceal));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, walk(one, name, conceal)]));
}

function ofRemote(remote: string | undefined): (string | undefined)[] {
  if (!remote) return [];
  try {
    const { token, headers } = parseRemote(remote);
    return [token, ...Object.values(headers)];
  } catch {
    return [];
  }
}

// What `catalogs.json` may send beside our own settings. A short one is a word or a figure, more likely.
function ofEnvironment(): (string | undefined)[] {
  return Object.entries(process.env).flatMap(([name, value = ""]) =>
    isSecretName(name) && value.length >= 8 ? [value] : [],
  );
}

// A server that we started has a token of its own.
function remoteOf(settings: Settings): string | undefined {
  return settings.SPARK_REMOTE ?? (settings.LAPTOP_DIR ? readEndpoints(settings).spark?.url : undefined);
}
