import assert from "node:assert/strict";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { webHdfs } from "../../../connectors/hdfs/webhdfs.ts";
import type { Delivery } from "../../../core/notifications/outbox.ts";
import { readSettings, type Settings, SettingsError } from "../../../core/settings.ts";
import { trustAuthorities } from "../../../core/tls/authorities.ts";
import { postAlerts } from "../../../engines/analyze-logs/report/webhook.ts";
import { identityProvider } from "../../../server/oidc/provider.ts";
import { sendLineage, sendNotification } from "../../../worker/notifications/send.ts";
import { type Authority, makeAuthority } from "../../authority.ts";

let company: Authority;
let server: ReturnType<typeof createServer>;
let url = "";
const asked: string[] = [];

// A web server that is a webhook, an identity provider and a NameNode.
before(async () => {
  company = await makeAuthority();
  const { cert, key } = await company.sign(["localhost"]);
  server = createServer({ cert: readFileSync(cert), key: readFileSync(key) }, (request, response) => {
    asked.push(request.url ?? "");
    request.resume();
    response.setHeader("content-type", "application/json");
    const at = (path: string) => url + path;
    const provider = { issuer: url, authorization_endpoint: at("/auth"), token_endpoint: at("/token") };
    const isListing = request.url?.includes("LISTSTATUS");
    response.end(JSON.stringify(isListing ? { FileStatuses: { FileStatus: [] } } : provider));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `https://localhost:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.close();
  server.closeAllConnections();
  company.remove();
});

const settings = (more: Record<string, string> = {}) =>
  readSettings({ HOME: process.env.HOME, ...more }, "/nowhere/.env");
const delivery = { id: "1", title: "t", body: "{}" } as Delivery;
const report = { job: "j", title: "t", records: "1", errors: "0", alerts: [] };
const webhook = { kind: "webhook", url: "NOTIFY_URL", body: "json" } as unknown as Parameters<
  typeof sendNotification
>[1];

async function everyWay(): Promise<Record<string, string>> {
  const ways: Record<string, () => Promise<unknown>> = {
    webhook: () => sendNotification(delivery, webhook, settings(), () => `${url}/secret`),
    openlineage: () => sendLineage(delivery, settings({ OPENLINEAGE_URL: `${url}/secret` })),
    alerts: async () => {
      const sentence = await postAlerts(`${url}/secret`, report);
      if (sentence) throw new Error(sentence);
    },
    oidc: () =>
      identityProvider(settings({ OIDC_ISSUER: url, OIDC_CLIENT_ID: "portal" }))!.begin(`${url}/callback`, "/"),
    webhdfs: () => webHdfs({ url }).list("/"),
  };
  const ends = Object.entries(ways).map(async ([name, go]) => [
    name,
    await go().then(
      () => "ok",
      error => error.message,
    ),
  ]);
  return Object.fromEntries(await Promise.all(ends));
}

test("without CA_FILE nothing of ours trusts a company's own authority, and each says which line to write", async () => {
  const found = await everyWay();
  for (const [name, sentence] of Object.entries(found)) {
    assert.match(sentence, /its certificate is signed by an authority that is not trusted here; write CA_FILE=…/, name);
    assert.doesNotMatch(sentence, /secret/);
  }
  assert.deepEqual(asked, []);
});

test("a CA_FILE that can't be used is a sentence, and nothing is trusted by it", async () => {
  const wrong = (file: string, message: RegExp) =>
    assert.throws(
      () => trustAuthorities({ CA_FILE: file }),
      (error: unknown) => error instanceof SettingsError && message.test(error.message),
    );
  const written = (name: string, content: string) => {
    const path = join(dirname(company.file), name);
    writeFileSync(path, content);
    return path;
  };
  wrong("/nowhere/ca.pem", /^CA_FILE: \/nowhere\/ca\.pem can't be read \(ENOENT\)\. Correct the path/);
  wrong(written("empty.pem", ""), /holds no certificate: it must be a PEM file/);
  wrong(
    written("cut.pem", `${readFileSync(company.file, "utf8").slice(0, 200)}\n-----END CERTIFICATE-----`),
    /can't be read/,
  );
  assert.match((await everyWay()).webhook ?? "", /not trusted here/);
});

test("with CA_FILE all of them get through, and another host is refused as before", async () => {
  trustAuthorities(settings({ CA_FILE: company.file }) as Settings);
  assert.deepEqual(await everyWay(), {
    ...{ webhook: "ok", openlineage: "ok", alerts: "ok", oidc: "ok", webhdfs: "ok" },
  });
  assert.ok(asked.length >= 5);
  const other = url.replace("localhost", "127.0.0.1");
  await assert.rejects(webHdfs({ url: other }).list("/"), {
    name: "HdfsUnavailable",
    message: `HDFS at ${new URL(other).host} does not answer (its certificate is for another host).`,
  });
});
