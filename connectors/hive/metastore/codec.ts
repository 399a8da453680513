import TBinaryProtocol from "thrift/lib/nodejs/lib/thrift/binary_protocol.js";
import TBufferedTransport from "thrift/lib/nodejs/lib/thrift/buffered_transport.js";
import InputBufferUnderrunError from "thrift/lib/nodejs/lib/thrift/input_buffer_underrun_error.js";
import { HiveError } from "../address.ts";

/** A value that is sent. */
export type Sent =
  | readonly ["bool", boolean]
  | readonly ["i8" | "i16" | "i32", number]
  | readonly ["i64", bigint]
  | readonly ["string", string | Uint8Array]
  | readonly ["struct", Fields]
  | readonly ["list", readonly Sent[]]
  | readonly ["map", Readonly<Record<string, string>>]
  /** A struct as it was received, whatever it holds, but for these members. */
  | readonly ["received", Struct, Fields];

/** The members of a struct by their numbers in the metastore's interface. What is undefined is left out. */
export type Fields = Readonly<Record<number, Sent | undefined>>;

type Received = boolean | number | bigint | Buffer | Struct | ReceivedList | ReceivedMap;

/** A list or set with the type of its elements. */
interface ReceivedList {
  of: number;
  items: Received[];
}

/** A map with the types of its keys and values. */
interface ReceivedMap {
  of: readonly [key: number, value: number];
  pairs: [Received, Received][];
}

const TYPES = {
  ...{ bool: 2, i8: 3, i16: 6, i32: 8, i64: 10, string: 11, struct: 12, received: 12, map: 13, list: 15 },
} as const;
const [DOUBLE, SET] = [4, 14];
/** A struct that was received. A member that was not sent is undefined, or an empty list. */
export class Struct {
  readonly #members: ReadonlyMap<number, { type: number; value: Received }>;

  constructor(members: ReadonlyMap<number, { type: number; value: Received }>) {
    this.#members = members;
  }

  has(id: number): boolean {
    return this.#members.has(id);
  }

  /** The members with the types that they came with. */
  typed(): [id: number, member: { type: number; value: Received }][] {
    return [...this.#members];
  }

  ids(): number[] {
    return [...this.#members.keys()];
  }

  text(id: number): string | undefined {
    return this.bytes(id)?.toString("utf8");
  }

  bytes(id: number): Buffer | undefined {
    const value = this.#valueOf(id);
    return Buffer.isBuffer(value) ? value : undefined;
  }

  number(id: number): number | undefined {
    const value = this.#valueOf(id);
    return typeof value === "number" || typeof value === "bigint" ? safe(value) : undefined;
  }

  struct(id: number): Struct | undefined {
    const value = this.#valueOf(id);
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
    const value = this.#valueOf(id);
    const pairs = isMap(value) ? value.pairs : [];
    return Object.fromEntries(pairs.map(([key, one]) => [String(key), String(one)]));
  }

  #list(id: number): Received[] {
    const value = this.#valueOf(id);
    return isList(value) ? value.items : [];
  }

  #valueOf(id: number): Received | undefined {
    return this.#members.get(id)?.value;
  }
}

function isList(value: Received | undefined): value is ReceivedList {
  return typeof value === "object" && "items" in value;
}

function isMap(value: Received | undefined): value is ReceivedMap {
  return typeof value === "object" && "pairs" in value;
}

/** A message of Thrift's binary protocol. */
export interface Message {
  name: string;
  type: number;
  sequence: number;
  body: Struct;
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

function write(protocol: Protocol, [type, value, changed]: Sent): void {
  if (type === "bool") protocol.writeBool(value);
  else if (type === "i8") protocol.writeByte(value);
  else if (type === "i16") protocol.writeI16(value);
  else if (type === "i32") protocol.writeI32(value);
  else if (typeof value === "number") protocol.writeI32(value);
  else if (type === "i64") protocol.writeI64({ buffer: bytesOf(value) });
  else if (type === "struct") writeStruct(protocol, value);
  else if (type === "received") writeReceivedStruct(protocol, value, changed);
  else if (type === "list") {
    protocol.writeListBegin(TYPES[value[0]?.[0] ?? "string"], value.length);
    for (const one of value) write(protocol, one);
  } else if (type === "map") {
    protocol.writeMapBegin(TYPES.string, TYPES.string, Object.keys(value).length);
    for (const text of Object.entries(value).flat()) protocol.writeString(text);
  } else if (typeof value === "string") protocol.writeString(value);
  else protocol.writeBinary(value);
}

// What a newer server adds to a table stays in it.
function writeReceivedStruct(protocol: Protocol, struct: Struct, changed: Fields = {}): void {
  for (const [id, { type, value }] of struct.typed()) {
    if (changed[id]) continue;
    protocol.writeFieldBegin("", type, id);
    writeReceived(protocol, type, value);
  }
  writeStruct(protocol, changed);
}

function writeReceived(protocol: Protocol, type: number, value: Received): void {
  if (type === TYPES.bool) protocol.writeBool(value === true);
  else if (type === TYPES.i8) protocol.writeByte(Number(value));
  else if (type === TYPES.i16) protocol.writeI16(Number(value));
  else if (type === TYPES.i32) protocol.writeI32(Number(value));
  else if (type === DOUBLE) protocol.writeDouble(Number(value));
  else if (typeof value === "bigint") protocol.writeI64({ buffer: bytesOf(value) });
  else if (Buffer.isBuffer(value)) protocol.writeBinary(value);
  else if (value instanceof Struct) writeReceivedStruct(protocol, value);
  else if (isMap(value)) {
    protocol.writeMapBegin(...value.of, value.pairs.length);
    for (const [key, one] of value.pairs) {
      writeReceived(protocol, value.of[0], key);
      writeReceived(protocol, value.of[1], one);
    }
  } else if (isList(value)) {
    // A set is written as a list is.
    protocol.writeListBegin(value.of, value.items.length);
    for (const one of value.items) writeReceived(protocol, value.of, one);
  }
}

function readStruct(protocol: Protocol): Struct {
  const members = new Map<number, { type: number; value: Received }>();
  for (;;) {
    const { ftype, fid } = protocol.readFieldBegin();
    if (ftype === 0) return new Struct(members);
    members.set(fid, { type: ftype, value: read(protocol, ftype) });
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
      return { of: etype, items: Array.from({ length: size }, () => read(protocol, etype)) };
    }
    case TYPES.map: {
      const { ktype, vtype, size } = protocol.readMapBegin();
      const pair = (): [Received, Received] => [read(protocol, ktype), read(protocol, vtype)];
      return { of: [ktype, vtype], pairs: Array.from({ length: size }, pair) };
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
