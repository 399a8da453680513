import { SparkError } from "./errors.ts";

/** Where a Spark Connect server is and how to speak to it. */
export interface Remote {
  host: string;
  port: number;
  tls: boolean;
  token?: string;
  userId?: string;
  userAgent?: string;
  sessionId?: string;
  headers: Record<string, string>;
  files?: TlsFiles;
}

/** Paths of PEM files: the authority to trust, and for a server that asks for it a certificate of ours with its key. */
export interface TlsFiles {
  ca?: string;
  cert?: string;
  key?: string;
}

const FORM = "sc://host:15002/;use_ssl=true;token=…;user_id=…;x-header=value";
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;
const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i;

/** Whether a host is this very machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host);
}

/**
 * Reads `sc://host:port/;key=value;…`. A token asks for TLS unless the server is on this machine or `use_ssl=false`
 * says otherwise. A key that has no meaning of its own is a header of every call. No message repeats a value, since
 * it may be a secret.
 */
export function parseRemote(text: string): Remote {
  const match = /^sc:\/\/(\[[^\]/]*\]|[^:/;?#]*)(?::([^/;]*))?(?:\/(.*))?$/s.exec(text.trim());
  if (!match?.[1]) throw wrong(`expected ${FORM}`);
  const host = match[1];
  const { use_ssl: ssl, token, user_id, user_agent, session_id, ...headers } = parameters(match[3] ?? "");
  if (ssl !== undefined && !/^(true|false)$/i.test(ssl)) throw wrong("use_ssl is true or false");
  if (session_id !== undefined && !UUID.test(session_id)) throw wrong("session_id must be a UUID");
  for (const name of Object.keys(headers)) checkHeader(name);
  return {
    host,
    port: port(match[2]),
    tls: ssl === undefined ? token !== undefined && !isLoopback(host) : ssl.toLowerCase() === "true",
    ...(token !== undefined && { token }),
    ...(user_id !== undefined && { userId: user_id }),
    ...(user_agent !== undefined && { userAgent: user_agent }),
    ...(session_id !== undefined && { sessionId: session_id }),
    headers,
  };
}

function port(text: string | undefined): number {
  if (text === undefined) return 15002;
  const number = Number(text);
  if (!/^\d+$/.test(text) || number < 1 || number > 65535) throw wrong(`the port is a number from 1 to 65535`);
  return number;
}

function parameters(text: string): Record<string, string> {
  if (text && !text.startsWith(";")) throw wrong(`no path may follow the host, parameters start with ";": ${FORM}`);
  const found: Record<string, string> = {};
  for (const [index, part] of text.split(";").filter(Boolean).entries()) {
    const [, key, value] = /^([^=]+)=(.+)$/s.exec(part) ?? [];
    if (!key || !value) throw wrong(`parameter ${index + 1} is not written key=value`);
    const name = /^[a-z_]+$/.test(key) ? key : key.toLowerCase();
    if (name in found) throw wrong(`"${key}" is given twice`);
    found[name] = decoded(key, value);
  }
  return found;
}

function decoded(key: string, value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw wrong(`the value of "${key}" holds a "%" that is no escape; write a plain one as %25`);
  }
}

function checkHeader(name: string): void {
  if (!/^[a-z0-9_.-]+$/.test(name)) throw wrong(`"${name}" cannot be the name of a header`);
  if (name.startsWith("grpc-") || name.endsWith("-bin")) throw wrong(`"${name}" is reserved by gRPC`);
}

function wrong(what: string): SparkError {
  return new SparkError(`The address of Spark is wrong: ${what}.`);
}
