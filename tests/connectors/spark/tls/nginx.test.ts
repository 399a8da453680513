import "./grpc-roots.ts";
import assert from "node:assert/strict";
import { after, before, type TestContext, test } from "node:test";
import { openLine } from "../../../../connectors/catalog-browser/line.ts";
import { openTableSession } from "../../../../connectors/iceberg/session.ts";
import { SparkError, TlsRefused } from "../../../../connectors/spark/errors.ts";
import { parseRemote } from "../../../../connectors/spark/remote.ts";
import { readSettings, type Settings } from "../../../../core/settings.ts";
import { trustAuthorities } from "../../../../core/tls/authorities.ts";
import { runCheck } from "../../../../engines/check-services/service-check.ts";
import { sparkChecks } from "../../../../engines/check-services/spark.ts";
import { type Authority, makeAuthority } from "../../../authority.ts";
import { server } from "../server.ts";
import { type Nginx, needsNginx, startNginx } from "./nginx.ts";
import { openThrough, provenCopy, refused, type Way } from "./proxied.ts";

const spark = server();
let company: Authority;
let another: Authority;

before(async () => {
  [company, another] = [await makeAuthority(), await makeAuthority("Another authority")];
});
after(async () => {
  for (const nginx of proxies) await nginx.stop();
  company.remove();
  another.remove();
});

const proxies: Nginx[] = [];

// They end after the sessions that go through them are released.
async function proxied(more: Partial<Parameters<typeof startNginx>[0]> = {}): Promise<Nginx> {
  const signed = more.signed ?? (await company.sign(["localhost"]));
  const nginx = await startNginx({ upstream: parseRemote(spark.url()).port, ...more, signed });
  proxies.push(nginx);
  return nginx;
}

const open = (t: TestContext, port: number, way: Partial<Way> = {}) =>
  openThrough(t, spark.url(), port, { files: { ca: company.file }, ...way });

test("with the right authority queries run, and the token gets through", needsNginx, async t => {
  const { port } = await proxied();
  const session = await open(t, port);
  assert.deepEqual(await session.query("select 6 * 7 as n"), [{ n: 42 }]);
  await assert.rejects(open(t, port, { token: "another" }), /refused the token/);
});

test("without the authority the sentence names the file to set, or the one that is set", needsNginx, async t => {
  const { port } = await proxied();
  const untrusted = /^The certificate of localhost:\d+ is signed by an authority that is not trusted here\.$/;
  await assert.rejects(open(t, port, { files: {} }), refused(untrusted, /^Write SPARK_CA_FILE=… into \.env/));
  const files = { ca: another.file };
  await assert.rejects(
    open(t, port, { files }),
    refused(untrusted, new RegExp(`SPARK_CA_FILE, which is ${another.file}`)),
  );
});

test("a host that the certificate does not name, and one that has expired, are sentences", needsNginx, async t => {
  const { port } = await proxied();
  await assert.rejects(
    open(t, port, { host: "127.0.0.1" }),
    refused(/^The certificate of 127\.0\.0\.1:\d+ is not for this host: it names localhost\.$/, /SPARK_REMOTE/),
  );
  const signed = await company.sign(["localhost"], new Date(Date.now() - 1000));
  const expired = await proxied({ signed });
  await assert.rejects(open(t, expired.port), refused(/has expired, or is not valid yet/, /renewed/));
});

test("an address of IPv4 that the certificate names is taken", needsNginx, async t => {
  const { port } = await proxied({ signed: await company.sign(["spark.example.com", "127.0.0.1"]) });
  const session = await open(t, port, { host: "127.0.0.1" });
  assert.deepEqual(await session.query("select 1 as n"), [{ n: 1 }]);
});

test("plain text to a port with TLS, TLS to one without and TLS without HTTP/2 are sentences", needsNginx, async t => {
  const { port } = await proxied();
  await assert.rejects(
    open(t, port, { tls: false }),
    refused(/speaks TLS, and SPARK_REMOTE does not/, /;use_ssl=true/),
  );
  const untrusting = open(t, port, { tls: false, files: {} });
  await assert.rejects(untrusting, refused(/speaks TLS, and SPARK_REMOTE does not/, /;use_ssl=true/));
  const plain = open(t, parseRemote(spark.url()).port);
  await assert.rejects(plain, refused(/does not speak TLS, and SPARK_REMOTE asks for it/, /Correct the port/));
  const old = await proxied({ http2: false });
  await assert.rejects(open(t, old.port), refused(/speaks TLS but not HTTP\/2/, /alpn h2/));
});

test("a server that wants a certificate of ours gets it; none and a wrong one are sentences", needsNginx, async t => {
  const { port } = await proxied({ clientCa: company.file });
  await assert.rejects(
    open(t, port),
    refused(/wants to see a certificate of ours/, /SPARK_CERT_FILE=… and SPARK_KEY_FILE=…/),
  );
  const wrong = { ca: company.file, ...(await another.sign(["us"])) };
  await assert.rejects(
    open(t, port, { files: wrong }),
    refused(/refuses the certificate in SPARK_CERT_FILE/, /trusts/),
  );
  const session = await open(t, port, { files: { ca: company.file, ...(await company.sign(["us"])) } });
  assert.deepEqual(await session.query("select 1 as n"), [{ n: 1 }]);
});

test("a proxy that ends each connection after fifty requests loses nothing", needsNginx, async t => {
  const nginx = await proxied({ keepaliveRequests: 50 });
  const session = await open(t, nginx.port);
  const ask = async (n: number) => (await session.query(`select ${n} as n`))[0]?.n;
  for (let n = 0; n < 10; n++) assert.equal(await ask(n), n);
  const together = Array.from({ length: 90 }, (_, n) => n);
  assert.deepEqual(await Promise.all(together.map(ask)), together);
  const rows = await session.query("select id from range(0, 60000, 1, 4) order by id");
  assert.deepEqual([rows.length, String(rows.at(-1)?.id)], [60_000, "59999"]);
  assert.ok(nginx.connections() > 3, `connections: ${nginx.connections()}`);
});

test(
  "a proxy that is reloaded in the middle of a copy, and loses its old worker, loses nothing",
  needsNginx,
  async t => {
    const direct = await spark.open();
    const nginx = await proxied();
    const session = await open(t, nginx.port);
    await provenCopy({ direct, session, table: "ice.ns.behind_nginx" }, async isRunning => {
      await nginx.reload();
      assert.ok(isRunning(), "the copy runs on over the old worker");
      assert.equal(nginx.killOldWorkers(), 1, "the old worker waits for it");
      await nginx.reload();
      nginx.killOldWorkers();
    });
  },
);

test("jobs, pages and the doctor reach Spark with the files of the settings", needsNginx, async t => {
  const { port } = await proxied();
  const parameters = /\/;(.*)$/.exec(spark.url())?.[1] ?? "";
  const SPARK_REMOTE = `sc://localhost:${port}/;use_ssl=true;${parameters}`;
  const trusting = { ...readSettings(), SPARK_REMOTE, SPARK_CA_FILE: company.file };
  const session = await openTableSession(trusting);
  t.after(() => session.close());
  assert.deepEqual(await session.query("select 1 as n"), [{ n: 1 }]);
  await session.release();
  const line = await openLine(trusting, crypto.randomUUID());
  assert.match(line.version, /^4\./);
  await line.session.release();
  line.session.close();
  const { SPARK_CA_FILE: _, ...without } = trusting;
  const [check] = sparkChecks(without as Settings, () => openTableSession(without as Settings));
  const { outcome, error } = (await runCheck(check!)) as { outcome: string; error: { message: string; hint: string } };
  assert.equal(outcome, "failed");
  assert.match(error.message, /an authority that is not trusted here\.$/);
  assert.match(error.hint, /^Write SPARK_CA_FILE=…/);
});

test("a proxy without a Spark behind it is no matter of TLS", needsNginx, async t => {
  const { port } = await proxied({ upstream: 1 });
  await assert.rejects(open(t, port), (error: unknown) => {
    assert.ok(error instanceof SparkError && !(error instanceof TlsRefused), String(error));
    assert.match(error.message, /502/);
    return true;
  });
});

// The last one: what a process trusts it trusts from then on.
test("with CA_FILE alone Spark is trusted, too, and SPARK_CA_FILE goes before it", needsNginx, async t => {
  const { port } = await proxied();
  trustAuthorities({ CA_FILE: company.file });
  const session = await open(t, port, { files: {} });
  assert.deepEqual(await session.query("select 1 as n"), [{ n: 1 }]);
  await assert.rejects(
    open(t, port, { files: { ca: another.file } }),
    refused(/not trusted here/, /SPARK_CA_FILE, which/),
  );
});
