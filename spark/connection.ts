import { setTimeout as sleep } from "node:timers/promises";
import type { Channel, SeenSession } from "./channel.ts";
import { SessionChanged, type SparkError } from "./errors.ts";
import { explain, isBroken, isServiceError } from "./failure.ts";
import type { Answers, ErrorDetails, UnaryCall } from "./messages.ts";
import { backoff } from "./retry.ts";

/** Who calls: what every request begins with. */
export interface Caller {
  sessionId: string;
  userId: string;
  clientType: string;
}

/** The calls of one session: each carries the session, has a deadline, and fails with this client's errors. */
export interface Connection {
  channel: Channel;
  sessionId: string;
  /** The first fields of every request. */
  head(): object;
  unary<C extends UnaryCall>(call: C, request: object, milliseconds?: number): Promise<Answers[C]>;
  /** Takes note of the server's own id of the session; throws SessionChanged when it is another than before. */
  see(answer: SeenSession): void;
  /** Whether a restart of the server would be noticed. */
  knowsServer(): boolean;
  explain(error: unknown): Promise<SparkError>;
}

const DEADLINE = 60_000;
const TRIES = 5;

/** The session's calls over a channel. */
export function connect(channel: Channel, caller: Caller): Connection {
  let seen: string | undefined;
  const head = () => ({
    session_id: caller.sessionId,
    user_context: { user_id: caller.userId, user_name: caller.userId },
    client_type: caller.clientType,
    ...(seen && { client_observed_server_side_session_id: seen }),
  });
  const see = (answer: SeenSession) => {
    const id = answer.server_side_session_id;
    if (seen && id && id !== seen) {
      throw new SessionChanged(
        "The Spark server was restarted: the session and all that ran in it are gone. Start again.",
      );
    }
    if (id) seen = id;
  };
  const fetch = (id: string): Promise<ErrorDetails> =>
    channel.unary("FetchErrorDetails", { ...head(), error_id: id }, 10_000);
  const explained = (error: unknown) => explain(error, channel.address, fetch);
  return {
    channel,
    sessionId: caller.sessionId,
    head,
    see,
    knowsServer: () => seen !== undefined,
    explain: explained,
    async unary(call, request, milliseconds = DEADLINE) {
      const until = Date.now() + milliseconds;
      for (let tried = 1; ; tried++) {
        try {
          const answer = await channel.unary(call, { ...head(), ...request }, until - Date.now());
          see(answer);
          return answer;
        } catch (error) {
          const again = isServiceError(error) && isBroken(error) && tried < TRIES;
          const pause = backoff(tried);
          if (!again || Date.now() + pause >= until) throw await explained(error);
          await sleep(pause);
        }
      }
    },
  };
}
