import { setTimeout as sleep } from "node:timers/promises";
import type { Channel, SeenSession } from "./channel.ts";
import { reconnectPause, SessionChanged, type SparkError } from "./errors.ts";
import { errorClassOf, type Inquiry, isBroken, isServiceError, sparkError } from "./failure.ts";
import type { ResponseMessage, UnaryCall } from "./protocol/messages.ts";

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
  unary<C extends UnaryCall>(call: C, request: object, milliseconds?: number): Promise<ResponseMessage[C]>;
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
  let serverSessionId: string | undefined;
  const head = () => ({
    session_id: caller.sessionId,
    user_context: { user_id: caller.userId, user_name: caller.userId },
    client_type: caller.clientType,
    ...(serverSessionId && { client_observed_server_side_session_id: serverSessionId }),
  });
  const see = (answer: SeenSession) => {
    const id = answer.server_side_session_id;
    if (serverSessionId && id && id !== serverSessionId) {
      throw new SessionChanged(
        "The Spark server was restarted: the session and all that ran in it are gone. Start again.",
      );
    }
    if (id) serverSessionId = id;
  };
  const inquiry: Inquiry = {
    details: id => channel.unary("FetchErrorDetails", { ...head(), error_id: id }, 10_000),
    answers: () =>
      channel.unary("AnalyzePlan", { ...head(), spark_version: {} }, 10_000).then(
        () => true,
        // A session that the server does not know any more is an answer, too.
        error => isServiceError(error) && !isBroken(error) && errorClassOf(error) !== undefined,
      ),
  };
  const explained = (error: unknown) => sparkError(error, channel.address, inquiry);
  return {
    channel,
    sessionId: caller.sessionId,
    head,
    see,
    knowsServer: () => serverSessionId !== undefined,
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
          const pause = reconnectPause(tried);
          if (!again || Date.now() + pause >= until) throw await explained(error);
          await sleep(pause);
        }
      }
    },
  };
}
