import { randomUUID } from "node:crypto";
import { SECRETS, type Settings, SettingsError } from "../../core/settings.ts";
import { memoizedAsync } from "../../core/system/cache.ts";
import { readProperties } from "../../core/system/wildcard.ts";
import { attachCatalogs } from "../iceberg/catalogs.ts";
import { isGone } from "../spark/ending.ts";
import { openSession, type Session } from "../spark/session.ts";
import { sparkServer } from "../spark/tls/server.ts";
import { looksSecret } from "./allowed.ts";

/** A session to ask on, with what is known of it. */
export interface TaskLine {
  session: Session;
  version: string;
  /** Makes a catalog known to the session, once. */
  attach(catalog: string): Promise<void>;
  /** Rejects when the line is given up, so that nobody waits for an answer that can't come. */
  gone: Promise<never>;
  giveUp(error: unknown): void;
}

// The server is looked for again and again: one look need not be long.
const READY = 3_000;

/** Opens a session under an id, so that a line that broke comes back to it; under a new one where the server ended it. */
export async function openLine(settings: Settings, sessionId: string): Promise<TaskLine> {
  const session = await openSession(sparkServer(settings), { sessionId, readyMilliseconds: READY, cloned: true });
  try {
    const version = await session.version();
    const lines = confLines(settings);
    if (Object.keys(lines).length > 0) await session.config.set(lines);
    return line(session, version, settings);
  } catch (error) {
    session.close();
    if (isGone(error)) return await openLine(settings, randomUUID());
    throw error;
  }
}

/** The settings without those that hold a secret; none of them is even read. */
export function withoutSecrets(settings: Settings): Settings {
  const names = (Object.keys(settings) as (keyof Settings)[]).filter(
    name => !(SECRETS as readonly string[]).includes(name),
  );
  return Object.fromEntries(names.map(name => [name, settings[name]])) as Settings;
}

function line(session: Session, version: string, settings: Settings): TaskLine {
  const attached = memoizedAsync({ max: 1_000 });
  const { promise: gone, reject: giveUp } = Promise.withResolvers<never>();
  gone.catch(() => {}); // nobody may be waiting
  return {
    session,
    version,
    gone,
    giveUp,
    attach: catalog => attached(catalog, () => attachCatalogs(session, settings, [catalog])),
  };
}

// As for a job's session, but for the keys of storages: they are for those who read data.
function confLines({ SPARK_CONF_FILE: file, SPARK_REMOTE: remote }: Settings): Record<string, string> {
  if (!file || !remote) return {};
  try {
    return Object.fromEntries(Object.entries(readProperties(file)).filter(([key]) => !looksSecret(key)));
  } catch (error) {
    throw new SettingsError(`SPARK_CONF_FILE=${file} can't be read: ${(error as Error).message}`);
  }
}
