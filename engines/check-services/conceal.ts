import { SECRETS, type Settings } from "../../settings.ts";
import { parseRemote } from "../../spark/remote.ts";
import type { Found } from "./check.ts";

/** Takes every secret of the settings out of what a check has found: a server may repeat the address it was given. */
export function concealing(settings: Settings): (found: Found) => Found {
  const secrets = [...SECRETS.map(name => settings[name]), ...ofRemote(settings.SPARK_REMOTE)]
    .filter(secret => secret !== undefined)
    .flatMap(secret => [secret, encodeURIComponent(secret)]);
  const conceal = (text: string) =>
    secrets
      .reduce((sofar, secret) => sofar.replaceAll(secret, "…"), text)
      .replace(IN_ADDRESS, "$1…")
      .replace(BEFORE_HOST, "$1…@");
  return found => {
    if (found.outcome === "succeeded") return { ...found, notes: found.notes.map(conceal) };
    const { message, hint } = found.error;
    return { ...found, error: { ...found.error, message: conceal(message), ...(hint && { hint: conceal(hint) }) } };
  };
}

const IN_ADDRESS = /\b((?:password|passwd|pwd|passphrase|token|secret|sig|account_?key|access_?key)=)[^\s;&,"')]+/gi;
const BEFORE_HOST = /(:\/\/[^/\s:@]+:)[^/\s@]+@/g;

function ofRemote(remote: string | undefined): (string | undefined)[] {
  if (!remote) return [];
  try {
    const { token, headers } = parseRemote(remote);
    return [token, ...Object.values(headers)];
  } catch {
    return [];
  }
}
