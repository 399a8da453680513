import { randomBytes } from "node:crypto";
import { SettingsError } from "../../core/settings.ts";
import type { Session } from "../spark/session.ts";
import { quote } from "./names.ts";

/**
 * Sends no secret to a server that would show it: its redaction must cover the key, and where it keeps an event log it
 * must have been started with that key, set to anything, since Spark leaves a session's own keys there as they are.
 */
export async function refuseUnredacted(session: Session, keys: readonly string[]): Promise<void> {
  if (keys.length === 0) return;
  // Under names of nobody's, which a pattern finds as it finds the keys in them.
  const trial = Object.fromEntries(keys.map(key => [`spark.${key}`, randomBytes(8).toString("hex")]));
  await session.config.set(trial);
  const found = await session.config.get([REDACTION, EVENT_LOG, ...keys, ...Object.keys(trial)]);
  await session.config.unset(Object.keys(trial));
  const { [REDACTION]: pattern, [EVENT_LOG]: log, ...started } = found;
  const isHidden = (key: string) => found[`spark.${key}`] === undefined;
  const covers = await coverage(session, keys, pattern, isHidden);
  const bare = keys.filter(key => !covers(key));
  if (bare.length > 0) {
    throw new SettingsError(
      `Spark would show ${bare.join(" and ")} in its UI and logs, so no secret was sent. Start the server with ` +
        `--conf "${REDACTION}=${DEFAULT_REDACTION}|account[.]key".`,
    );
  }
  if (log !== "true") return;
  const unknown = [];
  for (const key of keys) if (started[key] === undefined && !(await isSet(session, key))) unknown.push(key);
  if (unknown.length === 0) return;
  throw new SettingsError(
    `Spark would write ${unknown.join(" and ")} into its event log, so no secret was sent. Start the server with ` +
      `${unknown.map(key => `--conf "${key}=set-by-the-portal"`).join(" ")}, or with spark.eventLog.enabled=false.`,
  );
}

/**
 * Whether a key is covered. Spark 4.0.5, 4.1.4 and newer keep their pattern, which covers itself, to themselves, and hide what it
 * covers: what they hid in a trial.
 */
async function coverage(
  session: Session,
  keys: readonly string[],
  pattern: string | undefined,
  isHidden: (key: string) => boolean,
): Promise<(key: string) => boolean> {
  if (pattern === undefined && (keys.every(isHidden) || (await isSet(session, REDACTION)))) return isHidden;
  const { 1: flag, 2: plain = "" } = /^(\(\?i\))?(.*)$/s.exec(pattern ?? DEFAULT_REDACTION) ?? [];
  const covered = new RegExp(plain, flag && "i");
  return key => covered.test(key);
}

// Spark's own words for what is not set, and a row of stars for what it does not show.
async function isSet(session: Session, key: string): Promise<boolean> {
  const [row] = await session.command(`set ${quote(key)}`);
  return row !== undefined && row.value !== "<undefined>";
}

const REDACTION = "spark.redaction.regex";
const EVENT_LOG = "spark.eventLog.enabled";
const DEFAULT_REDACTION = "(?i)secret|password|token|access[.]?key";
