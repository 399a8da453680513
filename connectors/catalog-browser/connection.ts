import { setTimeout as sleep } from "node:timers/promises";
import { type Settings, SettingsError } from "../../core/settings.ts";
import type { Session } from "../spark/session.ts";
import { errorMessageOf } from "./errors.ts";
import type { TaskLine } from "./line.ts";
import { type BrowserLane, lanes } from "./sessions.ts";

/** Where Spark stands. `why` is a sentence for people. */
export type ConnectionState = { ready: true; version: string } | { ready: false; why: string; since: string };

/** The connection to Spark. Each call checks it in the background; no caller waits for that. */
export interface BrowserConnection {
  /** Returns the last known state at once, and checks it again in the background. */
  state(): ConnectionState;
  /** Asks on a lane's session, with the catalog attached. Throws at once while Spark is known to be away. */
  use<T>(lane: BrowserLane, catalog: string, ask: (session: Session) => Promise<T>): Promise<T>;
  /** Releases the sessions. */
  close(): Promise<void>;
}

const STARTING = "Spark is starting";
const STARTS_WITHIN = 120_000;
const LOOK_EVERY = 3_000;
const LOOK_AGAIN = 500;
const HANGS_AFTER = 5_000;

/** Begins to look for Spark. */
export function connection(settings: Settings): BrowserConnection {
  const began = Date.now();
  let state: ConnectionState = { ready: false, why: STARTING, since: new Date(began).toISOString() };
  let failure: unknown;
  let wasReady = false;
  let looking = false;
  let looked = 0;
  let closed = false;

  const answered = (version: string) => {
    [state, failure, wasReady, looked] = [{ ready: true, version }, undefined, true, Date.now()];
  };
  const unavailable = (error: unknown) => {
    failure = error;
    const since = state.ready ? new Date().toISOString() : state.since;
    // Only a Spark that the laptop stack or the worker starts can be starting; one in SPARK_REMOTE either answers or not.
    const starting = !settings.SPARK_REMOTE && !wasReady && Date.now() - began < STARTS_WITHIN;
    state = { ready: false, why: starting ? STARTING : errorMessageOf(error), since };
  };
  const { ask, close } = lanes(settings, unavailable);
  const probe = () => {
    if (looking || closed || Date.now() - looked < (state.ready ? LOOK_EVERY : LOOK_AGAIN)) return;
    looking = true;
    ask("names", async line => answered(await Promise.race([line.session.version(), hangs()])))
      .catch(unavailable)
      .finally(() => {
        [looking, looked] = [false, Date.now()];
      });
  };
  probe();
  return {
    state() {
      probe();
      return state;
    },
    async use(lane, catalog, put) {
      probe();
      if (failure) throw failure;
      return await ask(lane, async (line: TaskLine) => {
        await line.attach(catalog);
        const answer = await put(line.session);
        answered(line.version);
        return answer;
      });
    },
    async close() {
      closed = true;
      await close();
    },
  };
}

// It may only be busy: the session stays, and is asked again.
async function hangs(): Promise<never> {
  await sleep(HANGS_AFTER, undefined, { ref: false });
  throw new SettingsError(
    `Spark does not answer within ${HANGS_AFTER / 1000} s. It hangs or is overloaded: look at its log.`,
  );
}
