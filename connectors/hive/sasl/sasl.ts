import type { Socket } from "node:net";
import { HiveError } from "../address.ts";
import { answerDigest, type DelegationToken, inSentence } from "./digest.ts";

// The states of Thrift's negotiation.
const [START, OK, COMPLETE] = [1, 2, 5];
const MECHANISM = "DIGEST-MD5";
const LONGEST = 512 * 1024 * 1024;

/** A service does not know a token, or no longer: another is worth asking for. */
export class TokenRefused extends HiveError {}

type Within = <T>(promise: Promise<T>) => Promise<T>;

/** Shows a token to a service that asks for SASL, then gives what it sends as a stream of Thrift's; gives how messages are sent from then on. */
export async function openSasl(
  socket: Socket,
  token: DelegationToken,
  onData: (data: Buffer) => void,
  within: Within,
): Promise<(message: Buffer) => void> {
  const { take, stream } = await negotiate(socket, token, within);
  void stream(async () => onData(await take(lengthOf(await take(4), token))));
  return message => void socket.write(Buffer.concat([number(message.length), message]));
}

/** Shows a token to a service that asks for SASL. From then on whoever listens to the socket receives frames of Thrift's. */
export async function showToken(socket: Socket, token: DelegationToken, within: Within): Promise<void> {
  const { release } = await negotiate(socket, token, within);
  release();
}

async function negotiate(socket: Socket, token: DelegationToken, within: Within): Promise<ReturnType<typeof pieces>> {
  const received = pieces(socket);
  const { take } = received;
  const receive = async () => {
    const head = await within(take(5));
    const payload = await within(take(lengthOf(head.subarray(1), token)));
    const status = head[0];
    if (status === OK || status === COMPLETE) return { status, payload };
    throw new TokenRefused(`${token.service} refuses our token: ${payload.toString("utf8").slice(0, 300)}.`, {
      hint: "See that its principal and SPARK_KERBEROS_PRINCIPAL are of the same realm, and look at its log.",
    });
  };
  socket.write(Buffer.concat([stated(START, Buffer.from(MECHANISM)), stated(OK, Buffer.alloc(0))]));
  const { answer, check } = answerDigest((await receive()).payload, token);
  socket.write(stated(OK, answer));
  const last = await receive();
  if (last.status !== COMPLETE) throw new HiveError(`${token.service} does not end its negotiation of SASL.`);
  check(last.payload);
  return received;
}

function stated(status: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([status]), number(payload.length), payload]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function lengthOf(bytes: Buffer, { service }: DelegationToken): number {
  const length = bytes.readUInt32BE();
  if (length <= LONGEST) return length;
  throw new HiveError(`What answers in the place of ${inSentence(service)} does not speak SASL.`, {
    hint: "Take its principal out of .env (HIVE_METASTORE_PRINCIPAL, or principal= in HIVE_SERVER2_URL) if it asks for no Kerberos.",
  });
}

/** What a socket receives, by the number of bytes that are wanted. */
function pieces(socket: Socket) {
  let held: Buffer[] = [];
  let length = 0;
  let wanted: { bytes: number; done(piece: Buffer): void } | undefined;
  const give = () => {
    if (!wanted || length < wanted.bytes) return;
    const { bytes, done } = wanted;
    wanted = undefined;
    const all = Buffer.concat(held);
    held = [all.subarray(bytes)];
    length -= bytes;
    done(all.subarray(0, bytes));
  };
  const onData = (data: Buffer) => {
    held.push(data);
    length += data.length;
    give();
  };
  socket.on("data", onData);
  const take = (bytes: number) =>
    new Promise<Buffer>(done => {
      wanted = { bytes, done };
      give();
    });
  const stream = async (next: () => Promise<void>) => {
    while (!socket.destroyed) await next();
  };
  const release = () => void socket.off("data", onData);
  return { take, stream, release };
}
