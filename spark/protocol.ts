import { join } from "node:path";
import type { MethodDefinition, ServiceDefinition } from "@grpc/grpc-js";
import { loadSync, type MessageTypeDefinition } from "@grpc/proto-loader";

const loaded = loadSync(
  ["connect.proto", "status.proto"].map(name => join(import.meta.dirname, name)),
  {
    keepCase: true,
    longs: String,
    enums: String,
    defaults: true,
    oneofs: true,
  },
);

/** The service as gRPC needs it: paths and serializers of its calls. */
export const service = loaded["spark.connect.SparkConnectService"] as ServiceDefinition;

/** The definition of one call. */
export function method<Request, Response>(name: string): MethodDefinition<Request, Response> {
  return service[name] as MethodDefinition<Request, Response>;
}

/** Reads one message that is not the answer to a call. */
export function decode<T>(message: string, bytes: Uint8Array): T {
  return (loaded[message] as MessageTypeDefinition<object, object>).deserialize(Buffer.from(bytes)) as T;
}

/** Writes one message that is not a call. */
export function encode(message: string, value: object): Buffer {
  return (loaded[message] as MessageTypeDefinition<object, object>).serialize(value);
}
