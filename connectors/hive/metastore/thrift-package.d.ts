/*
 * What is used of the `thrift` package, which brings no types: the bytes of its binary protocol, read and written in memory. Its parts
 * are named one by one, since the whole loads clients for HTTP and web sockets into every engine.
 */
declare module "thrift/lib/nodejs/lib/thrift/buffered_transport.js" {
  export default class Transport {
    constructor(buffer?: undefined, onFlush?: (bytes: Buffer) => void);
    flush(): void;
    commitPosition(): void;
    rollbackPosition(): void;
    /** Gathers bytes and calls back after each piece. */
    static receiver(onData: (transport: Transport) => void): (data: Buffer) => void;
  }
}

declare module "thrift/lib/nodejs/lib/thrift/binary_protocol.js" {
  import type Transport from "thrift/lib/nodejs/lib/thrift/buffered_transport.js";

  export default class BinaryProtocol {
    constructor(transport: Transport, strictRead?: boolean, strictWrite?: boolean);
    writeMessageBegin(name: string, type: number, sequence: number): void;
    writeMessageEnd(): void;
    writeFieldBegin(name: string, type: number, id: number): void;
    writeFieldStop(): void;
    writeListBegin(type: number, size: number): void;
    writeMapBegin(keys: number, values: number, size: number): void;
    writeBool(value: boolean): void;
    writeByte(value: number): void;
    writeI16(value: number): void;
    writeI32(value: number): void;
    writeDouble(value: number): void;
    writeI64(value: { buffer: Buffer }): void;
    writeString(value: string): void;
    writeBinary(value: Uint8Array): void;
    readMessageBegin(): { fname: string; mtype: number; rseqid: number };
    readFieldBegin(): { ftype: number; fid: number };
    readListBegin(): { etype: number; size: number };
    readMapBegin(): { ktype: number; vtype: number; size: number };
    readBool(): boolean;
    readByte(): number;
    readI16(): number;
    readI32(): number;
    readI64(): { buffer: Buffer; offset: number };
    readDouble(): number;
    readBinary(): Buffer;
  }
}

declare module "thrift/lib/nodejs/lib/thrift/input_buffer_underrun_error.js" {
  export default class InputBufferUnderrunError extends Error {}
}
