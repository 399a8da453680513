import assert from "node:assert/strict";
import { createServer, type IncomingMessage, type RequestListener, request as send } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, type TestContext, test } from "node:test";
import { HdfsUnavailable } from "../../../connectors/hdfs/errors.ts";
import { type Hdfs, webHdfs } from "../../../connectors/hdfs/webhdfs.ts";
import { webHdfsAddress } from "../../../core/endpoints.ts";
import { readSettings } from "../../../core/settings.ts";
import { listScripts, putScript, readScript } from "../../../engines/run-script/folder.ts";
import { scriptPlaces } from "../../../engines/run-script/places.ts";
import { type SmallHdfs, startSmallHdfs } from "./small.ts";

const PASSWORD = "p:ss/w%rd-ü";
const PATH = "/gateway/default";

let small: SmallHdfs & { remove(): Promise<void> };
before(async () => {
  small = await startSmallHdfs();
});
after(() => small?.remove());

interface Served {
  url: string;
  close(): void;
  requests: IncomingMessage[];
}

async function serve(t: TestContext, listener: (url: string) => RequestListener): Promise<Served> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    listener(url)(request, response);
  }).listen(0, "127.0.0.1");
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  t.after(close);
  await new Promise(listening => server.once("listening", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url, requests, close };
}

// As Knox does: asks for Basic at each request, speaks to HDFS itself, and turns redirects to DataNodes into ones to itself.
async function startGateway(t: TestContext, { keepsRedirects = false } = {}): Promise<Served> {
  const nameNode = new URL(small.url).host;
  return await serve(t, url => (request, response) => {
    const expected = `Basic ${Buffer.from(`etl:${PASSWORD}`).toString("base64")}`;
    if (request.headers.authorization !== expected) {
      response.writeHead(401, { "www-authenticate": 'Basic realm="knox"' }).end("<html>");
      return;
    }
    const asked = new URL(request.url ?? "", url);
    const to = asked.searchParams.get("_to") ?? nameNode;
    asked.searchParams.delete("_to");
    // The gateway's user in HDFS is the small one's own.
    asked.searchParams.set("user.name", small.settings.WEBHDFS_USER ?? process.env.USER ?? "root");
    const { authorization: _, host: __, ...headers } = request.headers;
    const path = asked.pathname.replace(PATH, "") + asked.search;
    const onward = send(`http://${to}${path}`, { method: request.method ?? "GET", headers, agent: false }, answer => {
      const { location } = answer.headers;
      if (location && !keepsRedirects) {
        const target = new URL(location);
        const own = new URL(url + PATH + target.pathname + target.search);
        own.searchParams.set("_to", target.host);
        answer.headers.location = own.href;
      }
      response.writeHead(answer.statusCode ?? 500, answer.headers);
      answer.pipe(response);
    });
    request.pipe(onward);
  });
}

function through(url: string, password: string | undefined = PASSWORD): Hdfs {
  return webHdfs({ url: url + PATH, user: "etl", ...(password && { password }) });
}

test("files are written, listed and read through a gateway that asks for a password", async t => {
  const gateway = await startGateway(t);
  const hdfs = through(gateway.url);
  await hdfs.create("/gateway/a b.py", Buffer.from("print(1)\n"));
  assert.deepEqual(
    (await hdfs.list("/gateway")).map(({ name }) => name),
    ["a b.py"],
  );
  assert.equal((await hdfs.read("/gateway/a b.py", 100)).toString(), "print(1)\n");
  assert.equal((await hdfs.part("/gateway/a b.py", 6, 1)).toString(), "1");
  assert.ok(
    gateway.requests.some(({ url }) => url?.includes("_to=")),
    "the bytes went through the gateway, too",
  );
  const first = gateway.requests.filter(({ url }) => !url?.includes("_to="));
  for (const { url } of first) assert.doesNotMatch(url ?? "", /user\.name/);
});

test("scripts are uploaded, listed and read through a gateway of the settings", async t => {
  const { url } = await startGateway(t);
  const settings = readSettings(
    {
      WEBHDFS_URL: url + PATH,
      WEBHDFS_USER: "etl",
      WEBHDFS_PASSWORD: PASSWORD,
      SCRIPTS_DIR: "hdfs:///gateway/scripts",
    },
    "/nowhere/.env",
  );
  const [place] = scriptPlaces(settings);
  const path = await putScript(settings, place!, "job.py", Buffer.from("print(2)\n"));
  assert.deepEqual(
    (await listScripts(settings, place!)).map(({ name }) => name),
    ["job.py"],
  );
  assert.equal((await readScript(settings, path)).bytes.toString(), "print(2)\n");
});

test("a password is sent to no other host than the gateway's, and stands in no sentence", async t => {
  const gateway = await startGateway(t, { keepsRedirects: true });
  const elsewhere = await serve(t, () => (_request, response) => response.writeHead(200).end("bytes"));
  const hdfs = through(gateway.url);
  await hdfs.create("/gateway/direct.py", Buffer.from("x"));
  assert.equal((await hdfs.read("/gateway/direct.py", 10)).toString(), "x");
  const sender = await serve(
    t,
    () => (_request, response) => response.writeHead(307, { location: `${elsewhere.url}/webhdfs/v1/a?op=OPEN` }).end(),
  );
  assert.equal((await through(sender.url).read("/a", 10)).toString(), "bytes");
  assert.ok(sender.requests[0]?.headers.authorization);
  assert.equal(elsewhere.requests.length, 1);
  assert.equal(elsewhere.requests[0]?.headers.authorization, undefined);
  assert.doesNotMatch(elsewhere.requests[0]?.url ?? "", /etl|p:ss/);
});

test("no password and a wrong one are sentences that name the lines, and never the password", async t => {
  const { url } = await startGateway(t);
  await assert.rejects(webHdfs({ url: url + PATH, user: "etl" }).list("/"), {
    message: "HDFS asks for a user and a password.",
    hint: "Write WEBHDFS_USER=… and WEBHDFS_PASSWORD=… into .env.",
  });
  await assert.rejects(through(url, "wrong-secret").list("/"), {
    message: "HDFS refuses etl and the password.",
    hint: "Correct WEBHDFS_USER and WEBHDFS_PASSWORD in .env.",
  });
});

test("a password goes over TLS only, needs a user, and has no place in an address", () => {
  const address = (more: Record<string, string>) => webHdfsAddress(readSettings(more, "/nowhere/.env"));
  const knox = { WEBHDFS_URL: "https://knox.example.com:8443/gateway/default", WEBHDFS_PASSWORD: "secret" };
  assert.equal(address({ ...knox, WEBHDFS_USER: "etl" }).password, "secret");
  assert.throws(() => address(knox), /^SettingsError: WEBHDFS_PASSWORD needs a user/);
  const plain = { ...knox, WEBHDFS_URL: "http://knox.example.com:8443", WEBHDFS_USER: "etl" };
  assert.throws(() => address(plain), /^SettingsError: WEBHDFS_PASSWORD is sent over TLS only/);
  const inAddress = { WEBHDFS_URL: "https://etl:hidden@knox.example.com" };
  assert.throws(
    () => address(inAddress),
    (error: Error) => /WEBHDFS_USER and WEBHDFS_PASSWORD/.test(error.message) && !error.message.includes("hidden"),
  );
});

test("the standby's answer leads to the other NameNode, which is asked first from then on", async t => {
  const standby = await serve(t, () => (request, response) => {
    request.resume();
    const message = "Operation category READ is not supported in state standby.";
    const RemoteException = {
      exception: "StandbyException",
      javaClassName: "org.apache.hadoop.ipc.StandbyException",
      message,
    };
    response.writeHead(403, { "content-type": "application/json" }).end(JSON.stringify({ RemoteException }));
  });
  const hdfs = webHdfs(webHdfsAddress({ ...small.settings, WEBHDFS_URL: `${standby.url}, ${small.url}` }));
  await hdfs.create("/two/a.py", Buffer.from("1"));
  assert.equal((await hdfs.read("/two/a.py", 10)).toString(), "1");
  assert.equal(standby.requests.length, 1);
  const both = webHdfs({ url: standby.url, others: ["http://127.0.0.1:1"], user: "etl" });
  await assert.rejects(both.list("/"), (error: unknown) => {
    assert.ok(error instanceof HdfsUnavailable);
    assert.match(
      error.message,
      /^No NameNode of WEBHDFS_URL is active\. 127\.0\.0\.1:\d+ is a standby\. HDFS at 127\.0\.0\.1:1 does/,
    );
    return true;
  });
});

test("a NameNode that refuses the connection leads to the other one, and two of them are a sentence", async t => {
  const hdfs = webHdfs({ ...webHdfsAddress(small.settings), url: "http://127.0.0.1:1", others: [small.url] });
  await hdfs.create("/refused/a.py", Buffer.from("1"));
  assert.deepEqual(
    (await hdfs.list("/refused")).map(({ name }) => name),
    ["a.py"],
  );
  const empty = '{"FileStatuses":{"FileStatus":[]}}';
  const first = await serve(t, () => (_request, response) => response.end(empty));
  const pair = webHdfs({ url: "http://127.0.0.1:1", others: [first.url], user: "etl" });
  assert.deepEqual(await pair.list("/"), []);
  first.close();
  await assert.rejects(pair.list("/"), /^HdfsUnavailable: No NameNode of WEBHDFS_URL is active\. HDFS at /);
});
