import type { TestContext } from "node:test";
import { Metadata, Server, ServerCredentials, type ServerWritableStream, status } from "@grpc/grpc-js";
import { encodeMessage, service } from "../../../connectors/spark/protocol/protocol.ts";
import { openSession, type Session } from "../../../connectors/spark/session.ts";

/** A request as the scripted server sees it. */
export type Request = Record<string, unknown> & { operation_id: string };

/** The stream that a scripted server answers to. */
export type Stream = ServerWritableStream<Request, object>;

type Play = (stream: Stream, number: number) => void;

/**
 * A gRPC server that speaks the protocol as a test tells it to: `execute` and `reattach` get each call and its number.
 * `calls` lists the streaming calls that came in; `restart` cuts every connection and comes back on the same port.
 */
export async function scriptedServer(
  t: TestContext,
  play: { execute: Play; reattach?: Play; unary?: Record<string, Unary> },
) {
  const calls: { name: string; request: Request }[] = [];
  const unaryCalls: { name: string; request: Request }[] = [];
  const state = { serverSession: "first", port: 0 };
  const streaming = (name: string, act: Play | undefined) => (stream: Stream) => {
    calls.push({ name, request: stream.request });
    stream.on("error", () => {});
    act?.(stream, calls.filter(call => call.name === name).length);
  };
  const single = (name: string) => (call: { request: Request }, done: Done) => {
    unaryCalls.push({ name, request: call.request });
    const answer = { spark_version: { version: "4.1.3" }, server_side_session_id: state.serverSession };
    const own = play.unary?.[name];
    if (own) own(call.request, done);
    else done(null, answer);
  };
  const listen = async () => {
    const server = new Server();
    server.addService(service, {
      ExecutePlan: streaming("ExecutePlan", play.execute),
      ReattachExecute: streaming("ReattachExecute", play.reattach),
      ...Object.fromEntries(UNARY.map(name => [name, single(name)])),
    });
    state.port = await new Promise<number>((resolve, reject) =>
      server.bindAsync(`127.0.0.1:${state.port}`, ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      ),
    );
    return server;
  };
  let server = await listen();
  t.after(() => server.forceShutdown());
  return {
    url: `sc://127.0.0.1:${state.port}`,
    state,
    calls,
    unaryCalls,
    async restart() {
      server.forceShutdown();
      server = await listen();
    },
  };
}

/** A session on a scripted server, closed after the test. */
export async function opened(t: TestContext, url: string): Promise<Session> {
  const session = await openSession(url);
  t.after(() => session.close());
  return session;
}

/** Answers a scripted unary call: an error or a message. */
export type Done = (error: object | null, answer?: object) => void;

type Unary = (request: Request, done: Done) => void;

const UNARY = ["AnalyzePlan", "Config", "Interrupt", "ReleaseExecute", "ReleaseSession", "FetchErrorDetails"];

/** One response with figures, so that a test can tell them apart. */
export function figures(id: string, observed: string, session = "first"): object {
  const values = [{ string: observed }];
  return {
    response_id: id,
    server_side_session_id: session,
    observed_metrics: [{ name: observed, keys: ["v"], values }],
  };
}

/** The last response of an operation. */
export function complete(id: string): object {
  return { response_id: id, server_side_session_id: "first", result_complete: {} };
}

/** An error as Spark sends it: with details in the trailer, or without. */
export function sparkError(message: string, metadata?: Record<string, string>): object {
  const trailer = new Metadata();
  if (metadata) {
    const value = encodeMessage("google.rpc.ErrorInfo", { reason: "x", domain: "org.apache.spark", metadata });
    const details = [{ type_url: "type.googleapis.com/google.rpc.ErrorInfo", value }];
    trailer.set("grpc-status-details-bin", encodeMessage("google.rpc.Status", { code: 13, message, details }));
  }
  return { code: status.INTERNAL, details: message, metadata: trailer };
}
