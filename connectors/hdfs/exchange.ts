import { open } from "node:fs/promises";
import http from "node:http";
import https from "node:https";
import { pipeline } from "node:stream";
import { tlsFailureText } from "../../core/tls/failure.ts";
import { HdfsError, HdfsUnavailable } from "./errors.ts";

/** One request, and how much of an answer is taken. */
export interface HdfsRequest {
  method: "GET" | "PUT";
  body?: Uint8Array | LocalFile;
  /** What is more than so many bytes is an error. */
  most: number;
  /** The header that says who asks. */
  authorization?: string;
}

/** A file of this machine, which is sent without being held in memory. */
export interface LocalFile {
  path: string;
  byteLength: number;
}

/** What came back; where it was a redirect, where to. */
export interface Exchanged {
  status: number;
  location: string | undefined;
  /** How it wants to know who asks: `Basic realm="…"`, `Negotiate`. */
  challenge: string | undefined;
  body: Buffer;
}

// A host that drops what is sent to it must not keep a page waiting; one that was reached may have much to do.
const TO_CONNECT = 3_000;
const TO_ANSWER = 15_000;

/**
 * Asks once and follows nothing. By node:http: a DataNode sends `100 Continue` unasked, which fetch takes for an error.
 * Throws HdfsUnavailable where nobody answers.
 */
export async function exchange(url: URL, { method, body, most, authorization }: HdfsRequest): Promise<Exchanged> {
  // One that can't be read is no fault of HDFS.
  const file = body && "path" in body ? await open(body.path) : undefined;
  const { promise, resolve, reject } = Promise.withResolvers<Exchanged>();
  const headers = {
    // Clusters that guard against requests of other sites' pages take none that changes something without it.
    "x-xsrf-header": "portal",
    ...(authorization && { authorization }),
    ...(body && { "content-type": "application/octet-stream", "content-length": body.byteLength }),
  };
  const request = (url.protocol === "https:" ? https : http).request(url, {
    method,
    // A connection that was kept may lead to a server that has gone since.
    agent: false,
    timeout: TO_ANSWER,
    headers,
  });
  request.on("response", response => {
    const parts: Buffer[] = [];
    let size = 0;
    response.on("data", (part: Buffer) => {
      size += part.length;
      parts.push(part);
      if (size <= most) return;
      reject(new HdfsError(`HDFS answered with more than ${most} bytes, which is more than is read.`));
      request.destroy();
    });
    response.on("end", () => {
      const { statusCode: status = 0, headers: said } = response;
      const challenge = said["www-authenticate"];
      resolve({ status, location: said.location, challenge, body: Buffer.concat(parts) });
    });
    response.on("error", error => reject(unavailable(url, error.message, error)));
  });
  const late = (milliseconds: number) => () => request.destroy(new Error(`no answer within ${milliseconds / 1000} s`));
  request.on("timeout", late(TO_ANSWER));
  const connecting = setTimeout(late(TO_CONNECT), TO_CONNECT);
  request.on("socket", socket => socket.once("connect", () => clearTimeout(connecting)));
  request.on("close", () => clearTimeout(connecting));
  request.on("error", (error: NodeJS.ErrnoException) =>
    reject(unavailable(url, tlsFailureText(error) ?? WORDS[error.code ?? ""] ?? error.message, error)),
  );
  // What goes wrong in between is an error of the request.
  if (file) pipeline(file.createReadStream(), request, () => {});
  else request.end(body);
  return await promise;
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: "the connection was refused",
  ENOTFOUND: "no such host is known",
  ECONNRESET: "the connection was cut",
};

function unavailable(url: URL, why: string, cause: unknown): HdfsUnavailable {
  return new HdfsUnavailable(`HDFS at ${url.host} does not answer (${why}).`, {
    hint: "Start it, or correct WEBHDFS_URL in .env.",
    cause,
  });
}
