import { setTimeout as sleep } from "node:timers/promises";
import { type Settings, SettingsError } from "../../settings.ts";
import type { Session } from "../../spark/session.ts";
import { type Lane, lanes } from "./lanes.ts";
import type { Line } from "./line.ts";
import { sentenceOf } from "./says.ts";

/** Where Spark stands. `why` is a sentence for people. */
export type State = { ready: true; version: string } | { ready: false; why: string; since: string };

/** The way to Spark: looked after by whoever asks, without anybody waiting for it. */
export interface Connection {
  /** Says at once what is known, and looks behind it whether that still holds. */
  state(): State;
  /** Asks on a lane's session, with the catalog attached. Throws at once while Spark is known to be away. */
  use<T>(lane: Lane, catalog: string, ask: (session: Session) => Promise<T>): Promise<T>;
  /** Releases the sessions. */
  close(): Promise<void>;
}

const STARTING = "Spark is starting";
const STARTS_WITHIN = 120_000;
const LOOK_EVERY = 3_000;
const LOOK_AGAIN = 500;
const HANGS_AFTER = 5_000;

/** Begins to look for Spark. */
export function connection(settings: Settings): Connection {
  const began = Date.now();
  let state: State = { ready: false, why: STARTING, since: new Date(began).toISOString() };
  let failure: unknown;
  let wasReady = false;
  let looking = false;
  let looked = 0;
  let closed = false;

  const answered = (version: string) => {
    [state, failure, wasReady, looked] = [{ ready: true, version }, undefined, true, Date.now()];
  };
  const away = (error: unknown) => {
    failure = error;
    const since = state.ready ? new Date().toISOString() : state.since;
    // Only a Spark of our own may be on its way up; one that somebody set is there or not.
    const starting = !settings.SPARK_REMOTE && !wasReady && Date.now() - began < STARTS_WITHIN;
    state = { ready: false, why: starting ? STARTING : sentenceOf(error), since };
  };
  const { ask, close } = lanes(settings, away);
  const look = () => {
    if (looking || closed || Date.now() - looked < (state.ready ? LOOK_EVERY : LOOK_AGAIN)) return;
    looking = true;
    ask("names", async line => answered(await Promise.race([line.session.version(), hangs()])))
      .catch(away)
      .finally(() => {
        [looking, looked] = [false, Date.now()];
      });
  };
  look();
  return {
    state() {
      look();
      return state;
    },
    async use(lane, catalog, put) {
      look();
      if (failure) throw failure;
      return await ask(lane, async (line: Line) => {
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
