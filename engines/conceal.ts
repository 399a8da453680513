import { SECRETS, type Settings } from "../settings.ts";
import { parseRemote } from "../spark/remote.ts";

/**
 * Takes every secret of the settings out of the sentences of whatever an engine is about to tell (messages, hints,
 * notes, reasons): a driver or a server may repeat the address it was given. Names and figures stay as they are.
 */
export function concealing(settings: Settings): <T>(told: T) => T {
  const secrets = [...SECRETS.map(name => settings[name]), ...ofRemote(settings.SPARK_REMOTE)]
    .filter(secret => secret !== undefined && secret !== "")
    .flatMap(secret => [String(secret), encodeURIComponent(String(secret))]);
  const conceal = (text: string) =>
    secrets
      .reduce((sofar, secret) => sofar.replaceAll(secret, "…"), text)
      .replace(IN_ADDRESS, "$1…")
      .replace(BEFORE_HOST, "$1…@");
  return told => walk(told, "", conceal) as typeof told;
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
