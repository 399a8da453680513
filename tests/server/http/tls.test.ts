import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import type { TLSSocket } from "node:tls";
import { generate } from "selfsigned";
import { createPortalServer } from "../../../server/http/tls.ts";
import { startPortal } from "../portal.ts";

interface Files {
  cert: string;
  key: string;
}

function folder(t: TestContext): Files {
  const path = mkdtempSync(join(tmpdir(), "portal-tls-"));
  t.after(() => rmSync(path, { recursive: true, force: true }));
  return { cert: join(path, "cert.pem"), key: join(path, "key.pem") };
}

async function certificate(name: string, notAfterDate = new Date(Date.now() + 90 * 86_400_000)) {
  return await generate([{ name: "commonName", value: name }], { keyType: "ec", notAfterDate });
}

async function write(files: Files, name: string, notAfterDate?: Date): Promise<void> {
  const made = await certificate(name, notAfterDate);
  writeFileSync(files.key, made.private);
  writeFileSync(files.cert, made.cert);
}

function collectingLog() {
  const lines: string[] = [];
  return { lines, info: (line: string) => void lines.push(line), warn: (line: string) => void lines.push(line) };
}

/** A portal behind its own TLS, and what a client sees of it. */
async function tlsPortal(t: TestContext, files: Files) {
  const settings = { PORTAL_TLS_CERT_FILE: files.cert, PORTAL_TLS_KEY_FILE: files.key };
  const portal = await startPortal(t, { role: "nobody", environment: settings });
  const log = collectingLog();
  const server = createPortalServer(portal.portal.settings, portal.app, log, 20);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const ask = async (path: string, method = "GET", body = "") => {
    const headers = {
      "sec-fetch-site": "same-origin",
      ...(body && { "content-type": "application/x-www-form-urlencoded", "content-length": body.length }),
    };
    // The test looks at the certificate itself: nobody has signed it.
    const sent = request({ port, path, method, headers, agent: false, rejectUnauthorized: false });
    sent.end(body);
    const [answer] = await once(sent, "response");
    const name = String((answer.socket as TLSSocket).getPeerCertificate().subject.CN);
    answer.resume();
    return { name, status: answer.statusCode as number, headers: answer.headers as Record<string, string | string[]> };
  };
  return { portal, ask, port, log };
}

async function until(isDone: () => Promise<boolean>): Promise<void> {
  for (let tries = 0; tries < 200; tries += 1) {
    if (await isDone()) return;
    await pause(25);
  }
  assert.fail("it never came");
}

test("with a certificate the portal speaks TLS, with HSTS, and its cookie is for TLS alone", async t => {
  const files = folder(t);
  await write(files, "first");
  const { portal, ask, port } = await tlsPortal(t, files);
  portal.auth.people.add("anna", "viewer");
  await portal.auth.people.setPassword("anna", "correct horse battery");
  const login = await ask("/login", "POST", "name=anna&password=correct+horse+battery");
  assert.deepEqual([login.name, login.status], ["first", 303]);
  assert.match(String(login.headers["set-cookie"]), /^__Host-portal=.*; HttpOnly; Secure; SameSite=Lax/i);
  assert.match(String(login.headers["strict-transport-security"]), /max-age=31536000/);
  await assert.rejects(fetch(`http://127.0.0.1:${port}/healthz`));
});

test("a renewed certificate is used without a restart; one that does not fit its key leaves the one before", async t => {
  const files = folder(t);
  await write(files, "first");
  const { ask, log } = await tlsPortal(t, files);
  assert.equal((await ask("/healthz")).name, "first");
  writeFileSync(files.cert, (await certificate("without its key")).cert);
  await until(async () =>
    log.lines.some(line => /^The certificate before stays in use: .*does not belong to/.test(line)),
  );
  assert.equal((await ask("/healthz")).name, "first");
  await write(files, "second");
  await until(async () => (await ask("/healthz")).name === "second");
  assert.ok(log.lines.some(line => /is used from now on$/.test(line)));
});

test("a certificate that can't be used stops the start with a sentence", async t => {
  const files = folder(t);
  const [one, other] = [await certificate("one"), await certificate("other")];
  const start = (settings: Parameters<typeof createPortalServer>[0]) => () =>
    createPortalServer(settings, () => {}, collectingLog());
  const both = { PORTAL_TLS_CERT_FILE: files.cert, PORTAL_TLS_KEY_FILE: files.key };
  assert.throws(start({ PORTAL_TLS_CERT_FILE: files.cert }), /needs its key: write PORTAL_TLS_KEY_FILE=… into \.env/);
  assert.throws(start({ PORTAL_TLS_KEY_FILE: files.key }), /write PORTAL_TLS_CERT_FILE=…/);
  assert.throws(start(both), /cert\.pem is not there: correct PORTAL_TLS_CERT_FILE in \.env/);
  writeFileSync(files.cert, one.cert);
  assert.throws(start(both), /key\.pem is not there: correct PORTAL_TLS_KEY_FILE in \.env/);
  writeFileSync(files.key, "nothing");
  assert.throws(start(both), /key\.pem holds no private key/);
  writeFileSync(files.key, other.private);
  assert.throws(start(both), /The key in .*key\.pem does not belong to the certificate in .*cert\.pem\./);
  writeFileSync(files.cert, "nothing");
  assert.throws(start(both), /cert\.pem is no certificate/);
});

test("a certificate that ends soon, or has ended, is told at the start", async t => {
  const files = folder(t);
  const told = async (days: number) => {
    await write(files, "x", new Date(Date.now() + days * 86_400_000));
    const log = collectingLog();
    createPortalServer({ PORTAL_TLS_CERT_FILE: files.cert, PORTAL_TLS_KEY_FILE: files.key }, () => {}, log).close();
    return log.lines.join();
  };
  assert.equal(await told(60), "");
  assert.match(await told(3), /cert\.pem ends on \d{4}-\d\d-\d\d: renew it\.$/);
});
