import { connect } from "node:net";
import TBinaryProtocol from "thrift/lib/nodejs/lib/thrift/binary_protocol.js";
import TBufferedTransport from "thrift/lib/nodejs/lib/thrift/buffered_transport.js";
import InputBufferUnderrunError from "thrift/lib/nodejs/lib/thrift/input_buffer_underrun_error.js";
import { HiveError } from "../address.ts";
import type { DelegationToken } from "../sasl/digest.ts";
import { openSasl } from "../sasl/sasl.ts";

/** A value that is sent. */
export type Sent =
  | readonly ["bool", boolean]
  | readonly ["i8" | "i16" | "i32", number]
  | readonly ["i64", bigint]
  | readonly ["string", string | Uint8Array]
  | readonly ["struct", Fields]
  | readonly ["list", readonly Sent[]]
  | readonly ["map", Readonly<Record<string, string>>];

/** The members of a struct by their numbers in the metastore's interface. What is undefined is left out. */
export type Fields = Readonly<Record<number, Sent | undefined>>;

type Received = boolean | number | bigint | Buffer | Struct | Received[] | [Received, Received][];

const TYPES = { bool: 2, i8: 3, i16: 6, i32: 8, i64: 10, string: 11, struct: 12, map: 13, list: 15 } as const;
const [DOUBLE, SET] = [4, 14];
const [CALL, REPLY, EXCEPTION] = [1, 2, 3];
const UNKNOWN_METHOD = 1;
const ANSWER_WITHIN = 60_000;

/** A struct that was received. A member that was not sent is undefined, or an empty list. */
export class Struct {
  readonly #members: ReadonlyMap<number, Received>;

  constructor(members: ReadonlyMap<number, Received>) {
    this.#members = members;
  }

  has(id: number): boolean {
    return this.#members.has(id);
  }

  ids(): number[] {
    return [...this.#members.keys()];
  }

  text(id: number): string | undefined {
    return this.bytes(id)?.toString("utf8");
  }

  bytes(id: number): Buffer | undefined {
    const value = this.#members.get(id);
    return Buffer.isBuffer(value) ? value : undefined;
  }

  number(id: number): number | undefined {
    const value = this.#members.get(id);
    return typeof value === "number" || typeof value === "bigint" ? safe(value) : undefined;
  }

  struct(id: number): Struct | undefined {
    const value = this.#members.get(id);
    return value instanceof Struct ? value : undefined;
  }

  structs(id: number): Struct[] {
    return this.#list(id).filter(value => value instanceof Struct);
  }

  texts(id: number): string[] {
    return this.#list(id).map(value => (Buffer.isBuffer(value) ? value.toString("utf8") : String(value)));
  }

  numbers(id: number): number[] {
    return this.#list(id).map(value => safe(value as number | bigint));
  }

  map(id: number): Record<string, string> {
    const pairs = this.#list(id) as [Received, Received][];
    return Object.fromEntries(pairs.map(([key, value]) => [String(key), String(value)]));
  }

  #list(id: number): Received[] {
    const value = this.#members.get(id);
    return Array.isArray(value) ? value : [];
  }
}

/** A metastore does not know a call: it is older, or newer, than what is asked of it. */
export class UnknownCall extends HiveError {}

/** A connection to a metastore. Its calls are made one after the other. */
export interface ThriftClient {
  /** The answer's members: 0 is the result. Throws a HiveError with what the metastore says. */
  call(name: string, fields: Fields): Promise<Struct>;
  close(): void;
}

/** A message of Thrift's binary protocol. */
export interface Message {
  name: string;
  type: number;
  sequence: number;
  body: Struct;
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

/** Gathers bytes and gives every whole message. */
export function messageReader(onMessage: (message: Message) => void): (data: Buffer) => void {
  return TBufferedTransport.receiver(transport => {
    try {
      for (;;) {
        const protocol = new TBinaryProtocol(transport);
        const { fname: name, mtype: type, rseqid: sequence } = protocol.readMessageBegin();
        const body = readStruct(protocol);
        transport.commitPosition();
        onMessage({ name, type, sequence, body });
      }
    } catch (error) {
      if (!(error instanceof InputBufferUnderrunError)) throw error;
      transport.rollbackPosition();
    }
  });
}

/** A message as bytes. */
export function messageBytes({ name, type, sequence }: Omit<Message, "body">, body: Fields): Buffer {
  let bytes: Buffer = Buffer.alloc(0);
  const transport = new TBufferedTransport(undefined, written => {
    bytes = written;
  });
  const protocol = new TBinaryProtocol(transport);
  protocol.writeMessageBegin(name, type, sequence);
  writeStruct(protocol, body);
  protocol.writeMessageEnd();
  transport.flush();
  return bytes;
}

type Protocol = InstanceType<typeof TBinaryProtocol>;

function writeStruct(protocol: Protocol, fields: Fields): void {
  for (const [id, sent] of Object.entries(fields)) {
    if (!sent) continue;
    protocol.writeFieldBegin("", TYPES[sent[0]], Number(id));
    write(protocol, sent);
  }
  protocol.writeFieldStop();
}

function write(protocol: Protocol, [type, value]: Sent): void {
  if (type === "bool") protocol.writeBool(value);
  else if (type === "i8") protocol.writeByte(value);
  else if (type === "i16") protocol.writeI16(value);
  else if (type === "i32") protocol.writeI32(value);
  else if (typeof value === "number") protocol.writeI32(value);
  else if (type === "i64") protocol.writeI64({ buffer: bytesOf(value) });
  else if (type === "struct") writeStruct(protocol, value);
  else if (type === "list") {
    protocol.writeListBegin(TYPES[value[0]?.[0] ?? "string"], value.length);
    for (const one of value) write(protocol, one);
  } else if (type === "map") {
    protocol.writeMapBegin(TYPES.string, TYPES.string, Object.keys(value).length);
    for (const text of Object.entries(value).flat()) protocol.writeString(text);
  } else if (typeof value === "string") protocol.writeString(value);
  else protocol.writeBinary(value);
}

function readStruct(protocol: Protocol): Struct {
  const members = new Map<number, Received>();
  for (;;) {
    const { ftype, fid } = protocol.readFieldBegin();
    if (ftype === 0) return new Struct(members);
    members.set(fid, read(protocol, ftype));
  }
}

function read(protocol: Protocol, type: number): Received {
  switch (type) {
    case TYPES.bool:
      return protocol.readBool();
    case TYPES.i8:
      return protocol.readByte();
    case DOUBLE:
      return protocol.readDouble();
    case TYPES.i16:
      return protocol.readI16();
    case TYPES.i32:
      return protocol.readI32();
    case TYPES.i64: {
      const { buffer, offset } = protocol.readI64();
      return buffer.readBigInt64BE(offset);
    }
    case TYPES.string:
      return protocol.readBinary();
    case TYPES.struct:
      return readStruct(protocol);
    case TYPES.list:
    case SET: {
      const { etype, size } = protocol.readListBegin();
      return Array.from({ length: size }, () => read(protocol, etype));
    }
    case TYPES.map: {
      const { ktype, vtype, size } = protocol.readMapBegin();
      return Array.from({ length: size }, (): [Received, Received] => [read(protocol, ktype), read(protocol, vtype)]);
    }
    default:
      throw new HiveError(`The Hive Metastore sent a value of the unknown type ${type}.`);
  }
}

// Ids of transactions and writes count from one: those that JavaScript's numbers can't hold are none.
function safe(value: number | bigint): number {
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  throw new HiveError(`The Hive Metastore sent the number ${value}, which is too large to be an id.`);
}

function bytesOf(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}
