import { Client, type ClientReadableStream, credentials, Metadata, type ServiceError } from "@grpc/grpc-js";
import type { TlsRefused } from "./errors.ts";
import type { ExecuteResponse, ResponseMessage, StreamCall, UnaryCall } from "./protocol/messages.ts";
import { method } from "./protocol/protocol.ts";
import type { Remote } from "./remote.ts";
import { tlsRefusal } from "./tls/refusal.ts";
import { secureContext } from "./tls/server.ts";

/** A gRPC channel to one server: calls go out, answers or a gRPC error come back. Knows nothing of sessions. */
export interface Channel {
  address: string;
  ready(milliseconds: number): Promise<void>;
  /** Why no call gets through, where TLS is the reason. */
  refusal(): Promise<TlsRefused | undefined>;
  unary<C extends UnaryCall>(call: C, request: object, milliseconds: number): Promise<ResponseMessage[C] & SeenSession>;
  stream(call: StreamCall, request: object): ClientReadableStream<ExecuteResponse>;
  close(): void;
}

/** The server's own id of the session, which every answer carries. */
export interface SeenSession {
  server_side_session_id?: string;
}

// The server counts a client as hostile that pings more often than every five minutes. Result batches may be as large
// as the server was told; the client takes them all.
const OPTIONS = {
  "grpc.max_receive_message_length": -1,
  "grpc.max_send_message_length": -1,
  "grpc.keepalive_time_ms": 310_000,
  "grpc.keepalive_timeout_ms": 20_000,
  "grpc.initial_reconnect_backoff_ms": 200,
  "grpc.min_reconnect_backoff_ms": 200,
  "grpc.max_reconnect_backoff_ms": 1_000,
};

/** Opens a channel; nothing is sent before the first call. Throws a SettingsError where a file of certificates can't be used. */
export function openChannel(remote: Remote): Channel {
  const address = `${remote.host}:${remote.port}`;
  // gRPC's own default would be the file that GRPC_DEFAULT_SSL_ROOTS_FILE_PATH names, which no setting could outdo.
  const context = remote.tls ? secureContext(remote.files) : undefined;
  const security = context ? credentials.createFromSecureContext(context) : credentials.createInsecure();
  const client = new Client(address, security, OPTIONS);
  const metadata = new Metadata();
  for (const [name, value] of Object.entries(remote.headers)) metadata.set(name, value);
  if (remote.token !== undefined) metadata.set("authorization", `Bearer ${remote.token}`);
  return {
    address,
    ready: milliseconds =>
      new Promise((resolve, reject) =>
        client.waitForReady(Date.now() + milliseconds, error => (error ? reject(error) : resolve())),
      ),
    refusal: () => tlsRefusal(remote, context),
    unary: (call, request, milliseconds) =>
      new Promise((resolve, reject) => {
        const { path, requestSerialize, responseDeserialize } = method<object, ResponseMessage[typeof call]>(call);
        const options = { deadline: Date.now() + milliseconds };
        const answered = (error: ServiceError | null, answer?: ResponseMessage[typeof call]) =>
          error || !answer ? reject(error) : resolve(answer);
        client.makeUnaryRequest(path, requestSerialize, responseDeserialize, request, metadata, options, answered);
      }),
    stream: (call, request) => {
      const { path, requestSerialize, responseDeserialize } = method<object, ExecuteResponse>(call);
      return client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, request, metadata);
    },
    close: () => client.close(),
  };
}
