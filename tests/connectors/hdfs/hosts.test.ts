import assert from "node:assert/strict";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type TestContext, test } from "node:test";
import { isOfCluster, webHdfs } from "../../../connectors/hdfs/webhdfs.ts";

const nameNode = new URL("http://nn1.hadoop.example.com:9870");
const leads = (target: string, named: string[] = [], from = nameNode) => isOfCluster(new URL(target), from, named);

test("a NameNode may send us on within its host and its domain, and nowhere else", () => {
  assert.ok(leads("http://nn1.hadoop.example.com:9864"));
  assert.ok(leads("http://dn7.hadoop.example.com:9864"));
  assert.ok(!leads("http://evil.example.com:9864"));
  assert.ok(!leads("http://dn7.hadoop.example.com.evil.org:9864"));
  assert.ok(!leads("http://xhadoop.example.com:9864"));
  assert.ok(!leads("http://169.254.169.254/latest"));
  assert.ok(!leads("http://127.0.0.1:9864"));
  assert.ok(!leads("https://dn7.hadoop.example.com:9864"), "another protocol");
});

test("two names or numbers share nothing by chance", () => {
  assert.ok(!leads("http://other.com:1", [], new URL("http://hadoop.com:9870")));
  assert.ok(!leads("http://10.1.0.7:1", [], new URL("http://10.1.0.8:9870")));
  assert.ok(leads("http://localhost:1", [], new URL("http://127.0.0.1:9870")));
});

test("hosts that are named are taken, whole or by their domain", () => {
  assert.ok(leads("http://dn7:9864", ["dn7"]));
  assert.ok(!leads("http://dn70:9864", ["dn7"]));
  assert.ok(leads("http://a.b.dn.example.org:9864", [".dn.example.org"]));
  assert.ok(!leads("http://dn.example.org:9864", [".dn.example.org"]));
});

async function serve(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await new Promise(listening => server.once("listening", listening));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("a NameNode that sends us elsewhere is not followed, and the sentence names the host", async t => {
  const url = await serve(t, (_request, response) =>
    response.writeHead(307, { location: "http://metadata.example.net/secret" }).end(),
  );
  const refused = {
    message: "For /a/b.py HDFS sends us to metadata.example.net, which is not known to be of its cluster.",
    hint: "If it is, write WEBHDFS_HOSTS=metadata.example.net into .env (a leading dot takes a whole domain).",
  };
  await assert.rejects(webHdfs({ url }).read("/a/b.py", 100), refused);
  await assert.rejects(webHdfs({ url }).create("/a/b.py", Buffer.from("x")), refused);
});

test("a file that arrives cut is not taken for written", async t => {
  const url = await serve(t, (request, response) => {
    const step = request.url?.includes("GETFILESTATUS") ? [200, '{"FileStatus":{"length":2}}'] : [201, ""];
    request.resume().on("end", () => response.writeHead(Number(step[0])).end(step[1]));
  });
  await assert.rejects(
    webHdfs({ url }).create("/a.py", Buffer.from("12345")),
    /^HdfsError: Only 2 of 5 bytes of \/a\.py/,
  );
});

test("another server than WebHDFS, and one that wants Kerberos, are told from each other", async t => {
  const url = await serve(t, (request, response) =>
    response.writeHead(request.url?.includes("kerberos") ? 401 : 404).end("<html>"),
  );
  await assert.rejects(webHdfs({ url }).list("/x"), (error: { hint?: string }) =>
    /NameNode.s web server/.test(error.hint ?? ""),
  );
  await assert.rejects(webHdfs({ url }).list("/kerberos"), (error: { hint?: string }) =>
    /Kerberos/.test(error.hint ?? ""),
  );
});
