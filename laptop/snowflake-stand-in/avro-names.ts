import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * A way to Azurite for DuckDB, whose Avro reader takes only ASCII in names. Iceberg lets other letters stand in the schema of
 * a manifest, as Java's Avro does (partition column `größe`), and then DuckDB refuses a table that Snowflake's other readers
 * take. Here these letters become ASCII ones on the way, of the same length; DuckDB finds fields by their ids. Gives its origin.
 */
export async function startAvroNames(azurite: string): Promise<string> {
  const { hostname, port } = new URL(azurite);
  const server = createServer((asked, answer) => {
    const { method, url: path, headers } = asked;
    const onward = request({ hostname, port, method, path, headers }, found => {
      const isManifest = method === "GET" && /\.avro(\?|$)/.test(path ?? "") && startsAtFirstByte(found);
      (isManifest ? withPlainNames(found, answer) : passOn(found, answer)).catch(() => answer.destroy());
    });
    onward.on("error", () => answer.destroy());
    asked.pipe(onward);
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Replaces what is not ASCII in the Avro schema in a file's header, byte by byte. */
function plainNames(file: Buffer): Buffer {
  for (const [key, from, to] of headerEntries(file)) {
    if (key !== "avro.schema") continue;
    for (let at = from; at < to; at++) {
      const byte = file[at] ?? 0;
      // Letters first: a name must not begin with a digit, and no character begins with one of the higher numbers.
      if (byte >= 0x80) file[at] = LETTERS.charCodeAt(byte & 63);
    }
  }
  return file;
}

const LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789__";

function startsAtFirstByte({ statusCode, headers }: IncomingMessage): boolean {
  return statusCode === 200 || (statusCode === 206 && /^bytes 0-/.test(headers["content-range"] ?? ""));
}

async function passOn(found: IncomingMessage, answer: ServerResponse): Promise<void> {
  answer.writeHead(found.statusCode ?? 502, found.headers);
  found.pipe(answer);
}

async function withPlainNames(found: IncomingMessage, answer: ServerResponse): Promise<void> {
  const body = plainNames(Buffer.concat(await found.toArray()));
  answer.writeHead(found.statusCode ?? 502, found.headers);
  answer.end(body);
}

// https://avro.apache.org/docs/1.12.0/specification/#object-container-files
function* headerEntries(file: Buffer): Generator<[key: string, from: number, to: number]> {
  if (file.toString("latin1", 0, 4) !== "Obj\u0001") return;
  let at = 4;
  const number = () => {
    let [value, shift] = [0, 1];
    for (let byte = 0x80; byte & 0x80; shift *= 128) {
      byte = file[at++] ?? 0;
      value += (byte & 0x7f) * shift;
    }
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  };
  for (let count = number(); count !== 0 && at < file.length; count = number()) {
    if (count < 0) number();
    for (let i = 0; i < Math.abs(count) && at < file.length; i++) {
      const length = number();
      const key = file.toString("utf8", at, at + length);
      at += length;
      const size = number();
      yield [key, at, Math.min(at + size, file.length)];
      at += size;
    }
  }
}
