import { join } from "node:path";
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import protobuf from "protobufjs";

const PACKAGE = "spark.connect";
const SERVICE = "SparkConnectService";

// A level of a struct is three messages deep, and 100 are the default: tables have more than 30 levels.
protobuf.Reader.recursionLimit = 1_000;
protobuf.util.recursionLimit = 1_000;

// Its own reader of .proto files, and not gRPC's loader, which makes descriptors of all messages at every start.
const root = new protobuf.Root();
root.loadSync(
  ["connect.proto", "status.proto"].map(name => join(import.meta.dirname, name)),
  { keepCase: true },
);

/** The service as gRPC needs it: paths and serializers of its calls. */
export const service: ServiceDefinition = Object.fromEntries(
  root.lookupService(`${PACKAGE}.${SERVICE}`).methodsArray.map(call => [call.name, definition(call)]),
);

/** The definition of one call. */
export function method<Request, Response>(name: string): MethodDefinition<Request, Response> {
  return service[name] as MethodDefinition<Request, Response>;
}

/** Reads one message that is not the answer to a call. */
export function decodeMessage<T>(message: string, bytes: Uint8Array): T {
  return read(root.lookupType(message), bytes) as T;
}

/** Writes one message that is not a call. */
export function encodeMessage(message: string, value: object): Buffer {
  return write(root.lookupType(message), value);
}

function definition({
  name,
  requestType,
  responseType,
  requestStream,
  responseStream,
}: protobuf.Method): MethodDefinition<object, object> {
  const request = root.lookupType(`${PACKAGE}.${requestType}`);
  const response = root.lookupType(`${PACKAGE}.${responseType}`);
  return {
    path: `/${PACKAGE}.${SERVICE}/${name}`,
    requestStream: requestStream ?? false,
    responseStream: responseStream ?? false,
    requestSerialize: value => write(request, value),
    requestDeserialize: bytes => read(request, bytes),
    responseSerialize: value => write(response, value),
    responseDeserialize: bytes => read(response, bytes),
  };
}

function write(type: protobuf.Type, value: object): Buffer {
  return type.encode(type.fromObject(value)).finish() as Buffer;
}

function read(type: protobuf.Type, bytes: Uint8Array): object {
  return type.toObject(type.decode(bytes), AS_TEXT);
}

const AS_TEXT = { longs: String, enums: String, defaults: true, oneofs: true };
