import { type ServiceError, status } from "@grpc/grpc-js";
import {
  ApplicationEnded,
  OperationCancelled,
  ServerLost,
  SessionChanged,
  SparkError,
  type SparkFailure,
} from "./errors.ts";
import type { ErrorDetails } from "./protocol/messages.ts";
import { decodeMessage } from "./protocol/protocol.ts";

/** What the server can be asked about a failure of its own. */
export interface Inquiry {
  /** The whole of an error that it gave an id. */
  details(errorId: string): Promise<ErrorDetails>;
  /** Whether it still answers the simplest of questions. */
  answers(): Promise<boolean>;
}

interface Known extends SparkFailure {
  message: string;
}

/** Whether a thrown value is an error of a gRPC call. */
export function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && "code" in error && "metadata" in error;
}

/** A failed call as an error of this client, with everything the server tells about it. */
export async function sparkError(error: unknown, address: string, inquiry: Inquiry): Promise<SparkError> {
  if (error instanceof SparkError) return error;
  if (!isServiceError(error))
    return new SparkError(error instanceof Error ? error.message : String(error), { cause: error });
  const info = errorInfo(error);
  if (!info.errorClass && !info.errorId) {
    const lost = unreachable(error, address);
    if (lost) return lost;
    if (isUnexplained(error) && !(await inquiry.answers())) return stopped(address, { cause: error });
  }
  const { message, ...failure } = await details(info.errorId, inquiry, known(error, info));
  return isStopped(message, failure) ? stopped(address, failure) : classified(message, failure);
}

// Every call fails so after the application has ended; a single one may, where the server has a fault.
function isUnexplained(error: ServiceError): boolean {
  return error.code === status.UNKNOWN && error.details === "Application error processing RPC";
}

// The exception itself says so, not a text that somebody's statement has in it: those have a class, or stand elsewhere.
function isStopped(message: string, { errorClass, serverCause = "" }: SparkFailure): boolean {
  if (errorClass && !errorClass.startsWith("_LEGACY")) return false;
  return STOPPED.test(message) || serverCause.split("\n").some(line => STOPPED_CAUSE.test(line));
}

const STOPPED =
  /^(?:java\.lang\.IllegalStateException: |org\.apache\.spark\.SparkException: )?(?:Cannot call methods on a stopped SparkContext\b|Job \d+ cancelled because SparkContext was shut down)/;
const STOPPED_CAUSE =
  /^(?:java\.lang\.IllegalStateException: Cannot call methods on a stopped SparkContext\b|org\.apache\.spark\.SparkException: Job \d+ cancelled because SparkContext was shut down)/;

function stopped(address: string, failure: SparkFailure): ApplicationEnded {
  return new ApplicationEnded(
    `The Spark application behind ${address} was ended: the cluster or a person killed it, or it failed. Start it again, then try again.`,
    failure,
  );
}

/** Whether the connection broke, and the server said nothing about the call itself. Proxies reset streams, too. */
export function isBroken(error: ServiceError): boolean {
  if (error.code === status.UNAVAILABLE) return true;
  const reset = error.code === status.CANCELLED || /RST_STREAM/.test(error.details);
  return reset && errorClassOf(error) === undefined;
}

/** Spark's error class as the trailer of a failed call names it. */
export function errorClassOf(error: ServiceError): string | undefined {
  return errorInfo(error).errorClass ?? known(error, {}).errorClass;
}

function unreachable(error: ServiceError, address: string): SparkError | undefined {
  switch (error.code) {
    case status.UNAVAILABLE:
    case status.CANCELLED:
      return new ServerLost(
        `The Spark server at ${address} cannot be reached (${error.details}). Check that it runs, then try again.`,
      );
    case status.DEADLINE_EXCEEDED:
      return new ServerLost(
        `The Spark server at ${address} did not answer in time. It hangs or is overloaded: look at its log.`,
      );
    case status.UNAUTHENTICATED:
      return new SparkError(
        `The Spark server at ${address} refused the token. Check "token=" in the address of Spark.`,
      );
    default:
      return undefined;
  }
}

function classified(message: string, failure: SparkFailure): SparkError {
  switch (failure.errorClass) {
    case "OPERATION_CANCELED":
      return new OperationCancelled(message, failure);
    case "INVALID_HANDLE.SESSION_CHANGED":
    case "INVALID_HANDLE.SESSION_NOT_FOUND":
      return new SessionChanged(
        "The Spark server was restarted: the session and everything that ran in it are gone. Start again.",
        failure,
      );
    default:
      return new SparkError(message, failure);
  }
}

interface Info {
  /** The class of the exception. */
  reason?: string;
  errorClass?: string;
  sqlState?: string;
  errorId?: string;
}

function errorInfo(error: ServiceError): Info {
  const [bytes] = error.metadata?.get("grpc-status-details-bin") ?? [];
  if (!bytes || typeof bytes === "string") return {};
  try {
    const { details } = decodeMessage<{ details: { type_url: string; value: Uint8Array }[] }>(
      "google.rpc.Status",
      bytes,
    );
    const info = details.find(detail => detail.type_url.endsWith("google.rpc.ErrorInfo"));
    if (!info) return {};
    const { reason, metadata } = decodeMessage<{ reason: string; metadata: Info }>("google.rpc.ErrorInfo", info.value);
    return { ...metadata, reason };
  } catch {
    return {};
  }
}

// The message itself says most of it, for the case that the details are missing: "[CLASS] text SQLSTATE: 42P01".
function known(error: ServiceError, info: Info): Known {
  const message = error.details || info.reason || error.message;
  const errorClass = info.errorClass ?? /^\s*\[([A-Z0-9_]+(?:\.[A-Z0-9_]+)*)\]/.exec(message)?.[1];
  const sqlState = info.sqlState ?? /\bSQLSTATE: ([0-9A-Z]{5})\b/.exec(message)?.[1];
  return { message, ...(errorClass && { errorClass }), ...(sqlState && { sqlState }) };
}

async function details(errorId: string | undefined, inquiry: Inquiry, sofar: Known): Promise<Known> {
  if (!errorId) return sofar;
  const { errors, root_error_idx = 0 } = await inquiry.details(errorId).catch((): ErrorDetails => ({ errors: [] }));
  const root = errors[root_error_idx];
  if (!root) return cut(sofar);
  const { error_class, sql_state, message_parameters = {} } = root.spark_throwable ?? {};
  const causes: string[] = [];
  for (let at = root.cause_idx; at !== undefined && causes.length < errors.length; at = errors[at]?.cause_idx) {
    const cause = errors[at];
    if (cause) causes.push(`${cause.error_type_hierarchy[0] ?? "error"}: ${cause.message}`);
  }
  return {
    ...sofar,
    message: root.message || sofar.message,
    ...(error_class && { errorClass: error_class }),
    ...(sql_state && { sqlState: sql_state }),
    ...(Object.keys(message_parameters).length > 0 && { parameters: message_parameters }),
    ...(causes.length > 0 && { serverCause: causes.join("\n") }),
  };
}

// The server fails to tell an error in whose chain an exception has no message; what arrived first ends at 2048 letters.
function cut(sofar: Known): Known {
  if (!sofar.message.endsWith("...")) return sofar;
  return { ...sofar, message: `${sofar.message} (Spark told no more: the rest is in the log of the Spark server.)` };
}
