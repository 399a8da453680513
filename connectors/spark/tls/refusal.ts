import { connect as connectHttp2 } from "node:http2";
import { isIP } from "node:net";
import { connect as connectTls, type PeerCertificate, type SecureContext, type TLSSocket } from "node:tls";
import { type TlsFailure, tlsFailureOf } from "../../../core/tls/failure.ts";
import { TlsRefused } from "../errors.ts";
import type { Remote } from "../remote.ts";

const PATIENCE = 3_000;
const MOST = 4_096;

/**
 * Looks why no channel to a server comes about: undefined where TLS is not the reason. gRPC keeps trying, and tells nobody what
 * the server's certificate lacks. Nothing is sent but a request without token and content.
 */
export async function tlsRefusal(remote: Remote, context: SecureContext | undefined): Promise<TlsRefused | undefined> {
  const host = remote.host.replace(/^\[|\]$/g, "");
  const socket = connectTls({
    host,
    port: remote.port,
    ...(!isIP(host) && { servername: host }),
    ...(context && { secureContext: context }),
    ALPNProtocols: ["h2"],
  });
  socket.setTimeout(PATIENCE, () => socket.destroy());
  try {
    const failure = await shakeHands(socket);
    if (!remote.tls) return !failure || speaksTls(failure) ? tlsWanted(remote) : undefined;
    if (/NO_APPLICATION_PROTOCOL/.test(failure?.error.code ?? "")) return noHttp2(remote);
    if (failure) return failure.kind && refused(remote, failure.kind, failure.error);
    if (socket.alpnProtocol !== "h2") return noHttp2(remote);
    const kind = await ask(socket);
    return kind && refused(remote, kind);
  } finally {
    socket.destroy();
  }
}

// Whoever sends a certificate or one of the alerts of TLS speaks it.
function speaksTls({ kind, error }: Failure): boolean {
  return (kind !== undefined && kind !== "no-tls") || /_ALERT_/.test(error.code ?? "");
}

interface Failure {
  kind: TlsFailure | undefined;
  error: NodeJS.ErrnoException;
}

function shakeHands(socket: TLSSocket): Promise<Failure | undefined> {
  return new Promise(resolve => {
    socket.once("secureConnect", () => resolve(undefined));
    socket.on("error", error => resolve({ kind: tlsFailureOf(error), error }));
    socket.once("close", () => resolve({ kind: undefined, error: new Error("closed") }));
  });
}

// With TLS 1.3 a server says only after the handshake that it wants another certificate, and nginx says so by HTTP.
function ask(socket: TLSSocket): Promise<TlsFailure | undefined> {
  return new Promise(resolve => {
    const session = connectHttp2("https://localhost", { createConnection: () => socket });
    const end = (kind?: TlsFailure) => {
      session.destroy();
      resolve(kind);
    };
    const failed = (error: Error) => end(tlsFailureOf(error));
    socket.once("error", failed);
    session.once("error", failed);
    session.once("close", () => resolve(undefined));
    session.setTimeout(PATIENCE, () => end());
    const request = session.request({ ":method": "POST", ":path": "/", "content-type": "application/grpc" });
    let text = "";
    request.setEncoding("latin1");
    request.on("data", (part: string) => {
      if (text.length < MOST) text += part;
    });
    request.once("error", failed);
    request.once("end", () => end(NGINX.find(([pattern]) => pattern.test(text))?.[1]));
    request.end();
  });
}

const NGINX: readonly (readonly [RegExp, TlsFailure])[] = [
  [/No required SSL certificate was sent/i, "wants-certificate"],
  [/The SSL certificate error/i, "refuses-certificate"],
];

function tlsWanted(remote: Remote): TlsRefused {
  return new TlsRefused(
    `The server at ${addressOf(remote)} speaks TLS, and SPARK_REMOTE does not ask for it.`,
    "Add ;use_ssl=true to SPARK_REMOTE in .env.",
  );
}

function noHttp2(remote: Remote): TlsRefused {
  return new TlsRefused(
    `The server at ${addressOf(remote)} speaks TLS but not HTTP/2, which Spark Connect needs.`,
    "Switch HTTP/2 on there (nginx: listen … ssl http2; haproxy: bind … ssl alpn h2), or correct the port in SPARK_REMOTE.",
  );
}

function refused(remote: Remote, kind: TlsFailure, error?: Error): TlsRefused {
  const { what, hint } = SENTENCES[kind](remote, error);
  return new TlsRefused(what, hint);
}

const SENTENCES: Readonly<Record<TlsFailure, (remote: Remote, error?: Error) => { what: string; hint: string }>> = {
  untrusted: remote => ({
    what: `The certificate of ${addressOf(remote)} is signed by an authority that is not trusted here.`,
    hint: remote.files?.ca
      ? `Put that authority's certificate (PEM) into SPARK_CA_FILE, which is ${remote.files.ca}.`
      : "Write SPARK_CA_FILE=… into .env: the PEM file with that authority's certificate.",
  }),
  "other-host": (remote, error) => ({
    what: `The certificate of ${addressOf(remote)} is not for this host${namesIn(error)}.`,
    hint: "Write a host that it names into SPARK_REMOTE, or have one made with this host's name.",
  }),
  "out-of-date": remote => ({
    what: `The certificate of ${addressOf(remote)} has expired, or is not valid yet.`,
    hint: "Have it renewed there, or set this machine's clock right.",
  }),
  "no-tls": remote => ({
    what: `The server at ${addressOf(remote)} does not speak TLS, and SPARK_REMOTE asks for it.`,
    hint: `Correct the port in SPARK_REMOTE to that of the proxy with TLS${remote.token === undefined ? ", or take use_ssl=true out" : "; with use_ssl=false the token would travel for all to read"}.`,
  }),
  "wants-certificate": remote => ({
    what: `The server at ${addressOf(remote)} wants to see a certificate of ours.`,
    hint: "Write SPARK_CERT_FILE=… and SPARK_KEY_FILE=… into .env: a certificate that it accepts, and its key.",
  }),
  "refuses-certificate": remote => ({
    what: remote.files?.cert
      ? `The server at ${addressOf(remote)} refuses the certificate in SPARK_CERT_FILE.`
      : `The server at ${addressOf(remote)} breaks off the TLS handshake.`,
    hint: remote.files?.cert
      ? "Set one that is signed by an authority that the server trusts, and that has not expired."
      : "It may want a certificate of ours: write SPARK_CERT_FILE=… and SPARK_KEY_FILE=… into .env.",
  }),
};

function namesIn(error: Error | undefined): string {
  const { cert } = (error ?? {}) as { cert?: PeerCertificate };
  const names = cert?.subjectaltname?.replace(/\b(DNS|IP Address):/g, "");
  return names ? `: it names ${names.slice(0, 200)}` : "";
}

function addressOf({ host, port }: Remote): string {
  return `${host}:${port}`;
}
