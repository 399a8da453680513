import type { Socket } from "node:net";
import { HiveError } from "../address.ts";
import { answerDigest, type MetastoreToken } from "./digest.ts";

// The states of Thrift's negotiation.
const [START, OK, COMPLETE] = [1, 2, 5];
const MECHANISM = "DIGEST-MD5";
const LONGEST = 512 * 1024 * 1024;

/** Shows a token to a metastore that asks for SASL, then gives what it sends as a stream of Thrift's; gives how messages are sent from then on. */
export async function openSasl(
  socket: Socket,
  token: MetastoreToken,
  onData: (data: Buffer) => void,
  within: <T>(promise: Promise<T>) => Promise<T>,
): Promise<(message: Buffer) => void> {
  const { take, stream } = pieces(socket);
  const receive = async () => {
    const head = await within(take(5));
    const payload = await within(take(lengthOf(head.subarray(1))));
    const status = head[0];
    if (status === OK || status === COMPLETE) return { status, payload };
    throw new HiveError(`The Hive Metastore refuses our token: ${payload.toString("utf8").slice(0, 300)}.`, {
      hint: "A metastore that was started anew may have forgotten it: run the job again, which asks for another.",
    });
  };
  socket.write(Buffer.concat([stated(START, Buffer.from(MECHANISM)), stated(OK, Buffer.alloc(0))]));
  const { answer, check } = answerDigest((await receive()).payload, token);
  socket.write(stated(OK, answer));
  const last = await receive();
  if (last.status !== COMPLETE) throw new HiveError("The Hive Metastore does not end its negotiation of SASL.");
  check(last.payload);
  void stream(async () => onData(await take(lengthOf(await take(4)))));
  return message => void socket.write(Buffer.concat([number(message.length), message]));
}

function stated(status: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([status]), number(payload.length), payload]);
}

function number(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function lengthOf(bytes: Buffer): number {
  const length = bytes.readUInt32BE();
  if (length <= LONGEST) return length;
  throw new HiveError("What answers in the place of the Hive Metastore does not speak SASL.", {
    hint: "Take HIVE_METASTORE_PRINCIPAL out of .env if this metastore asks for no Kerberos.",
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
  socket.on("data", data => {
    held.push(data);
    length += data.length;
    give();
  });
  const take = (bytes: number) =>
    new Promise<Buffer>(done => {
      wanted = { bytes, done };
      give();
    });
  const stream = async (next: () => Promise<void>) => {
    while (!socket.destroyed) await next();
  };
  return { take, stream };
}
