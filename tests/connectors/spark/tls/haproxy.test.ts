import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { parseRemote } from "../../../../connectors/spark/remote.ts";
import { type Authority, makeAuthority } from "../../../authority.ts";
import { server } from "../server.ts";
import { type Haproxy, needsHaproxy, startHaproxy } from "./haproxy.ts";
import { openThrough, provenCopy, refused } from "./proxied.ts";

const spark = server();
const proxies: Haproxy[] = [];
let company: Authority;
let another: Authority;

before(async () => {
  [company, another] = [await makeAuthority(), await makeAuthority("Another authority")];
});
after(async () => {
  for (const haproxy of proxies) await haproxy.stop();
  company.remove();
  another.remove();
});

async function proxied(clientCa?: string): Promise<Haproxy> {
  const signed = await company.sign(["localhost"]);
  const upstream = parseRemote(spark.url()).port;
  const haproxy = await startHaproxy({ upstream, signed, ...(clientCa && { clientCa }) });
  proxies.push(haproxy);
  return haproxy;
}

test("with its authority queries run through haproxy, and without it they don't", needsHaproxy, async t => {
  const { port } = await proxied();
  const session = await openThrough(t, spark.url(), port, { files: { ca: company.file } });
  assert.deepEqual(await session.query("select 6 * 7 as n"), [{ n: 42 }]);
  const untrusted = openThrough(t, spark.url(), port, { files: {} });
  await assert.rejects(untrusted, refused(/an authority that is not trusted here/, /SPARK_CA_FILE/));
});

test("haproxy that verifies takes our certificate; none and a wrong one are sentences", needsHaproxy, async t => {
  const { port } = await proxied(company.file);
  const open = (own: { cert: string; key: string } | undefined) =>
    openThrough(t, spark.url(), port, { files: { ca: company.file, ...own } });
  await assert.rejects(open(undefined), refused(/wants to see a certificate of ours/, /SPARK_CERT_FILE/));
  await assert.rejects(
    open(await another.sign(["us"])),
    refused(/refuses the certificate in SPARK_CERT_FILE/, /trusts/),
  );
  const session = await open(await company.sign(["us"]));
  assert.deepEqual(await session.query("select 1 as n"), [{ n: 1 }]);
});

test(
  "haproxy that is reloaded in the middle of a copy, and loses its old worker, loses nothing",
  needsHaproxy,
  async t => {
    const haproxy = await proxied();
    const direct = await spark.open();
    const session = await openThrough(t, spark.url(), haproxy.port, { files: { ca: company.file } });
    await provenCopy({ direct, session, table: "ice.ns.behind_haproxy" }, async isRunning => {
      await haproxy.reload();
      assert.ok(isRunning(), "the copy runs on over the old worker");
      assert.equal(haproxy.killOldWorkers(), 1, "the old worker waits for it");
    });
  },
);
