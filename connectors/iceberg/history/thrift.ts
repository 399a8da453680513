import { once } from "node:events";
import { connect } from "node:net";

/**
 * A value of Thrift's binary protocol with its type, read and written back whole without knowing what a field means: what a
 * newer server adds to a table stays in it. Numbers of eight bytes stay bytes.
 */
export type ThriftValue = boolean | number | Buffer | ThriftField[] | MapValue | ListValue;

/** A field of a struct, by its number. */
export interface ThriftField {
  id: number;
  type: number;
  value: ThriftValue;
}

/** A map, with the types of its keys and values. */
export interface MapValue {
  key: number;
  value: number;
  entries: [ThriftValue, ThriftValue][];
}

interface ListValue {
  element: number;
  items: ThriftValue[];
}

/** The numbers that the protocol gives to types. */
export const THRIFT_TYPE = {
  ...{ stop: 0, boolean: 2, byte: 3, double: 4, i16: 6, i32: 8, i64: 10 },
  ...{ string: 11, struct: 12, map: 13, set: 14, list: 15 },
} as const;

const VERSION = 0x8001_0000;
const CALL = 1;
const EXCEPTION = 3;
const LONGEST = 64 * 1024 * 1024;

/** A text as a field. */
export function thriftText(id: number, text: string): ThriftField {
  return { id, type: THRIFT_TYPE.string, value: Buffer.from(text) };
}

/** Calls a function of a server over a connection of its own; gives the fields of the answer. */
export async function callThrift(
  { host, port }: { host: string; port: number },
  name: string,
  fields: readonly ThriftField[],
): Promise<ThriftField[]> {
  const socket = connect({ host, port, timeout: 60_000 });
  socket.on("timeout", () => socket.destroy(new Error(`${host}:${port} did not answer within 60 s`)));
  try {
    await once(socket, "connect");
    socket.write(Buffer.concat([i32(VERSION | CALL), ...bytes(Buffer.from(name)), i32(1), ...struct(fields)]));
    const parts: Buffer[] = [];
    let size = 0;
    for await (const part of socket) {
      parts.push(part as Buffer);
      size += (part as Buffer).length;
      if (size > LONGEST) throw new Error(`${host}:${port} answered ${name} with more than ${LONGEST} bytes`);
      const answer = answerOf(Buffer.concat(parts));
      if (answer) return answer;
    }
    throw new Error(`${host}:${port} closed the connection without an answer to ${name}`);
  } finally {
    socket.destroy();
  }
}

// Undefined while a part of the answer is still to come.
function answerOf(received: Buffer): ThriftField[] | undefined {
  const reader = new Reader(received);
  try {
    const head = reader.i32();
    const name = reader.bytes().toString();
    reader.i32();
    const fields = reader.value(THRIFT_TYPE.struct) as ThriftField[];
    if ((head & 0xff) === EXCEPTION) throw new Error(`${name}: ${String(fields[0]?.value)}`);
    return fields;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

class Reader {
  private at = 0;
  private readonly received: Buffer;

  constructor(received: Buffer) {
    this.received = received;
  }

  i32(): number {
    return this.received.readInt32BE(this.take(4));
  }

  bytes(): Buffer {
    const length = this.i32();
    const from = this.take(length);
    return this.received.subarray(from, from + length);
  }

  value(type: number): ThriftValue {
    switch (type) {
      case THRIFT_TYPE.boolean:
        return this.received.readInt8(this.take(1)) !== 0;
      case THRIFT_TYPE.byte:
        return this.received.readInt8(this.take(1));
      case THRIFT_TYPE.i16:
        return this.received.readInt16BE(this.take(2));
      case THRIFT_TYPE.i32:
        return this.i32();
      case THRIFT_TYPE.i64:
      case THRIFT_TYPE.double: {
        const from = this.take(8);
        return this.received.subarray(from, from + 8);
      }
      case THRIFT_TYPE.string:
        return this.bytes();
      case THRIFT_TYPE.struct:
        return this.struct();
      case THRIFT_TYPE.map:
        return this.map();
      case THRIFT_TYPE.set:
      case THRIFT_TYPE.list: {
        const element = this.received.readInt8(this.take(1));
        return { element, items: Array.from({ length: this.i32() }, () => this.value(element)) };
      }
      default:
        throw new Error(`Thrift has no type ${type}`);
    }
  }

  private struct(): ThriftField[] {
    const fields: ThriftField[] = [];
    for (;;) {
      const type = this.received.readInt8(this.take(1));
      if (type === THRIFT_TYPE.stop) return fields;
      const id = this.received.readInt16BE(this.take(2));
      fields.push({ id, type, value: this.value(type) });
    }
  }

  private map(): MapValue {
    const key = this.received.readInt8(this.take(1));
    const value = this.received.readInt8(this.take(1));
    const length = this.i32();
    return { key, value, entries: Array.from({ length }, () => [this.value(key), this.value(value)]) };
  }

  private take(length: number): number {
    const from = this.at;
    if (length < 0 || from + length > this.received.length) throw new RangeError("more bytes are to come");
    this.at = from + length;
    return from;
  }
}

function written(type: number, value: ThriftValue): Buffer[] {
  switch (type) {
    case THRIFT_TYPE.boolean:
      return [i8(value ? 1 : 0)];
    case THRIFT_TYPE.byte:
      return [i8(value as number)];
    case THRIFT_TYPE.i16:
      return [i16(value as number)];
    case THRIFT_TYPE.i32:
      return [i32(value as number)];
    case THRIFT_TYPE.i64:
    case THRIFT_TYPE.double:
      return [value as Buffer];
    case THRIFT_TYPE.string:
      return bytes(value as Buffer);
    case THRIFT_TYPE.struct:
      return struct(value as ThriftField[]);
    case THRIFT_TYPE.map: {
      const map = value as MapValue;
      const entries = map.entries.flatMap(([key, one]) => [...written(map.key, key), ...written(map.value, one)]);
      return [i8(map.key), i8(map.value), i32(map.entries.length), ...entries];
    }
    default: {
      const { element, items } = value as ListValue;
      return [i8(element), i32(items.length), ...items.flatMap(item => written(element, item))];
    }
  }
}

function struct(fields: readonly ThriftField[]): Buffer[] {
  const all = fields.flatMap(({ id, type, value }) => [i8(type), i16(id), ...written(type, value)]);
  return [...all, i8(THRIFT_TYPE.stop)];
}

function bytes(content: Buffer): Buffer[] {
  return [i32(content.length), content];
}

function i8(value: number): Buffer {
  return Buffer.from(Int8Array.of(value));
}

function i16(value: number): Buffer {
  const buffer = Buffer.alloc(2);
  buffer.writeInt16BE(value);
  return buffer;
}

function i32(value: number): Buffer {
  const buffer = Buffer.alloc(4);
  buffer.writeInt32BE(value | 0);
  return buffer;
}
