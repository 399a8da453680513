import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { PROJECT } from "../../../../core/settings.ts";

const SCRIPTS = join(PROJECT, "engines", "migrate-iceberg", "executors");
const PROGRAM = `import json, sys
sys.path.insert(0, sys.argv[1])
import send_blocks
send_blocks.TRIES = 2
print(json.dumps(send_blocks.send(json.load(sys.stdin))))`;

const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("base64");

/** What a task does with an order, by the script's own functions. */
async function send(order: object): Promise<{ sums?: string[]; error?: string; gone?: string | null }> {
  const { stdout } = await execa("python3", ["-B", "-c", PROGRAM, SCRIPTS], { input: JSON.stringify(order) });
  return JSON.parse(stdout);
}

async function listen(t: TestContext, answer: (request: IncomingMessage, response: ServerResponse, url: URL) => void) {
  const server = createServer((request, response) => answer(request, response, new URL(request.url ?? "", "http://x")));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const address = server.address();
  return `http://127.0.0.1:${typeof address === "object" && address?.port}`;
}

/** Storage that compares checksums as Azure does; `busy` requests are turned away first. */
async function azure(t: TestContext, { busy = 0, refuse }: { busy?: number; refuse?: number } = {}) {
  const blocks = new Map<string, Buffer>();
  let turned = 0;
  const url = await listen(t, async (request, response, { searchParams }) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    turned += 1;
    if (refuse) return response.writeHead(refuse, { "x-ms-error-code": "AuthenticationFailed" }).end();
    if (turned <= busy) return response.writeHead(503, { "x-ms-error-code": "ServerBusy" }).end();
    if (searchParams.get("comp") !== "block" || request.headers["content-md5"] !== md5(body))
      return response.writeHead(400).end();
    blocks.set(searchParams.get("blockid") ?? "", body);
    response.writeHead(201).end();
  });
  return { to: `${url}/box/data/a.parquet?sp=w&sig=a-secret`, blocks };
}

/** A NameNode that sends readers to a DataNode, and one that is a standby. */
async function webHdfs(t: TestContext, content: Buffer) {
  const standby = await listen(t, (_, response) =>
    response.writeHead(403).end(JSON.stringify({ RemoteException: { exception: "StandbyException" } })),
  );
  const data = await listen(t, (_, response, { searchParams }) => {
    const offset = Number(searchParams.get("offset"));
    response.writeHead(200).end(content.subarray(offset, offset + Number(searchParams.get("length"))));
  });
  const active = await listen(t, (_, response, { pathname, search, searchParams }) => {
    if (searchParams.get("delegation") !== "a-token") return response.writeHead(401).end();
    if (decodeURIComponent(pathname) !== "/webhdfs/v1/odd + (place)/ä?.parquet")
      return response.writeHead(404).end(JSON.stringify({ RemoteException: { exception: "FileNotFoundException" } }));
    response.writeHead(307, { location: `${data}/${search}` }).end();
  });
  return { nodes: [standby, active], query: { delegation: "a-token" } };
}

const part = (to: string, from: string, bytes: number, more: object = {}) => ({
  ...{ from, name: "data/a.parquet", to, offset: 0, bytes, blockBytes: 1000, blocks: ["b/1=", "b+2="] },
  ...more,
});

test("blocks go from WebHDFS to Azure with their checksums; a standby is passed by, a busy server asked again", async t => {
  const content = randomBytes(1500);
  const { to, blocks } = await azure(t, { busy: 1 });
  const source = await webHdfs(t, content);
  const file = "/odd + (place)/ä?.parquet";
  assert.deepEqual(await send({ source, parts: [part(to, file, 1500)] }), { sums: [md5(content)] });
  assert.deepEqual(
    [...blocks],
    [
      ["b/1=", content.subarray(0, 1000)],
      ["b+2=", content.subarray(1000)],
    ],
  );
  const later = part(to, file, 500, { offset: 1000, blocks: ["b3"] });
  assert.deepEqual(await send({ source, parts: [later] }), { sums: [md5(content.subarray(1000))] });
  assert.deepEqual(blocks.get("b3"), content.subarray(1000));
  const gone = await send({ source, parts: [part(to, "/gone.parquet", 10)] });
  assert.equal(gone.gone, "/gone.parquet");
  const refused = await send({
    source: { ...source, query: { delegation: "an-old-token" } },
    parts: [part(to, file, 10)],
  });
  assert.match(refused.error ?? "", /WebHDFS refused .*: 401/);
  assert.doesNotMatch(JSON.stringify(refused), /token/);
});

test("a folder is read as it is; what is missing, short or refused is told without the address that may write", async t => {
  const folder = mkdtempSync(join(tmpdir(), "portal-send-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "a.parquet");
  const content = randomBytes(1500);
  writeFileSync(file, content);
  const open = await azure(t);
  const closed = await azure(t, { refuse: 403 });
  const silent = "http://127.0.0.1:1/box/a.parquet?sig=a-secret";
  const paced = performance.now();
  const sent = await send({ source: {}, bytesPerSecond: 1000, parts: [part(open.to, file, 1500)] });
  assert.deepEqual(sent, { sums: [md5(content)] });
  assert.ok(performance.now() - paced >= 1500);
  assert.equal((await send({ source: {}, parts: [part(open.to, `${file}.gone`, 10)] })).gone, `${file}.gone`);
  const wrong = await Promise.all([
    send({ source: {}, parts: [part(open.to, file, 1600)] }),
    send({ source: {}, parts: [part(closed.to, file, 1500)] }),
    send({ source: {}, parts: [part(silent, file, 1500)] }),
    send({ source: {}, parts: [part("http://a b/?sig=a-secret", file, 1500)] }),
  ]);
  assert.match(wrong[0]?.error ?? "", /500 bytes were read at 1000 where there should be 600/);
  assert.match(wrong[1]?.error ?? "", /Azure refused a block of data\/a\.parquet: 403 AuthenticationFailed/);
  assert.match(wrong[2]?.error ?? "", /Azure took no block of data\/a\.parquet: .*refused/);
  assert.match(wrong[3]?.error ?? "", /Azure took no block/);
  assert.doesNotMatch(JSON.stringify(wrong), /sig=|a-secret/);
});
