import { connect } from "node:net";
import { HiveError, UnknownCall } from "../address.ts";
import type { DelegationToken } from "../sasl/digest.ts";
import { openSasl } from "../sasl/sasl.ts";
import { type Fields, type Message, messageBytes, messageReader, type Struct } from "./codec.ts";

const [CALL, REPLY, EXCEPTION] = [1, 2, 3];
const UNKNOWN_METHOD = 1;
const ANSWER_WITHIN = 60_000;

/** A connection to a metastore. Its calls are made one after the other. */
export interface ThriftClient {
  /** The answer's members: 0 is the result. Throws a HiveError with what the metastore says. */
  call(name: string, fields: Fields): Promise<Struct>;
  close(): void;
}

/** Connects to the first of the metastores (`thrift://a:9083,thrift://b:9083`) that answers. `token` is for those that ask for one. Throws a HiveError. */
export async function openThrift(uris: string, token?: DelegationToken): Promise<ThriftClient> {
  let last: unknown;
  for (const uri of uris.split(",").map(one => one.trim())) {
    try {
      return await openOne(uri, token);
    } catch (error) {
      last = error;
    }
  }
  throw last;
}

async function openOne(uri: string, token: DelegationToken | undefined): Promise<ThriftClient> {
  const { hostname, port } = new URL(uri);
  const socket = connect({ host: hostname.replace(/^\[|\]$/g, ""), port: Number(port || 9083), noDelay: true });
  const lost = Promise.withResolvers<never>();
  lost.promise.catch(() => undefined); // whoever waits hears of it
  socket.once("error", error => lost.reject(unavailable(uri, error.message)));
  socket.once("close", () => lost.reject(unavailable(uri, "it closed the connection")));
  const waiting: ((message: Message) => void)[] = [];
  const onData = messageReader(message => waiting.shift()?.(message));
  const within = <T>(promise: Promise<T>) => Promise.race([promise, lost.promise, late(uri)]);
  await within(new Promise<void>(done => socket.once("connect", done)));
  if (!token) socket.on("data", onData);
  const send = token ? await openSasl(socket, token, onData, within) : (bytes: Buffer) => void socket.write(bytes);
  let sequence = 0;
  let before: Promise<unknown> = Promise.resolve();
  return {
    call(name, fields) {
      const answer = before.then(async () => {
        const received = new Promise<Message>(done => waiting.push(done));
        sequence += 1;
        send(messageBytes({ name, type: CALL, sequence }, fields));
        return resultOf(await within(received));
      });
      before = answer.catch(() => undefined);
      return answer;
    },
    close: () => void socket.destroy(),
  };
}

function late(uri: string): Promise<never> {
  return new Promise((_, fail) => {
    setTimeout(() => fail(unavailable(uri, "no answer within 60 s")), ANSWER_WITHIN).unref();
  });
}

function unavailable(uri: string, why: string): HiveError {
  return new HiveError(`The Hive Metastore does not answer at ${uri} (${why}).`, {
    hint: "See that it runs and that HIVE_METASTORE_URI names it. One that asks for Kerberos needs HIVE_METASTORE_PRINCIPAL in .env; one behind TLS can't be asked.",
    unavailable: true,
  });
}

function resultOf({ name, type, body }: Message): Struct {
  if (type === EXCEPTION) {
    const text = `The Hive Metastore refuses ${name}: ${body.text(1) ?? "no reason given"}.`;
    throw body.number(2) === UNKNOWN_METHOD ? new UnknownCall(text) : new HiveError(text);
  }
  const failure = body.ids().find(id => id !== 0);
  if (type !== REPLY || failure !== undefined)
    throw new HiveError(`The Hive Metastore refuses ${name}: ${failure && body.struct(failure)?.text(1)}.`);
  return body;
}

/** The result in an answer. Throws where there is none. */
export function result(answer: Struct): Struct {
  const found = answer.struct(0);
  if (found) return found;
  throw new HiveError("The Hive Metastore gave an empty answer.");
}
