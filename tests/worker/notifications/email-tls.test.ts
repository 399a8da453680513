import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import tls from "node:tls";
import { generate } from "selfsigned";
import { SMTPServer } from "smtp-server";
import { openOutbox } from "../../../core/notifications/outbox.ts";
import { writeNotifications } from "../../../core/notifications/rules.ts";
import { readSettings } from "../../../core/settings.ts";
import { layoutOf, prepareLayout } from "../../../core/store/layout.ts";
import { silent } from "../../../core/system/console-log.ts";
import { createNotifications } from "../../../worker/notifications/notifications.ts";
import { SENDING } from "../../../worker/notifications/sender.ts";
import { outcomeOf, recordOf } from "../../core/notifications/record.ts";
import { until } from "../world.ts";

type Way = "STARTTLS" | "implicit" | "none";

const record = recordOf({
  status: "failed",
  error: { message: "1 of 1 tables failed: sales.orders" },
  tables: [outcomeOf({ outcome: "failed" })],
});

/** A certificate for a name, which nobody trusts unless the test says so. */
async function certificateFor(name: string): Promise<{ key: string; cert: string }> {
  const altNames = name === "127.0.0.1" ? [{ type: 7 as const, ip: name }] : [{ type: 2 as const, value: name }];
  const { private: key, cert } = await generate([{ name: "commonName", value: name }], {
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames },
    ],
  });
  return { key, cert };
}

/** A mail server that takes a log-in, over TLS alone unless it has none, and what it was sent. */
async function mailServer(t: TestContext, way: Way, certificate: { key: string; cert: string }) {
  const seen = { logins: 0, mails: [] as string[], secure: [] as boolean[] };
  const server = new SMTPServer({
    ...{ ...certificate, secure: way === "implicit", authOptional: false },
    ...(way === "none" && { disabledCommands: ["STARTTLS"], allowInsecureAuth: true }),
    onAuth({ username, password }, session, done) {
      seen.logins += 1;
      seen.secure.push(session.secure);
      if (username === "portal" && password === "s:cret") done(null, { user: username });
      else done(new Error("no"));
    },
    onData(stream, _session, done) {
      let text = "";
      stream.on("data", part => {
        text += part;
      });
      stream.on("end", () => {
        seen.mails.push(text);
        done();
      });
    },
  });
  server.on("error", () => {});
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  t.after(() => new Promise<void>(done => server.close(() => done())));
  const { port } = listening.address() as AddressInfo;
  return { seen, url: `${way === "implicit" ? "smtps" : "smtp"}://portal:s%3Acret@127.0.0.1:${port}` };
}

/** Tells of a failed job by e-mail, and gives what became of the message. */
async function tell(t: TestContext, url: string) {
  const root = mkdtempSync(join(tmpdir(), "portal-email-"));
  const layout = layoutOf(root);
  prepareLayout(layout);
  const receivers = { mail: { kind: "email", to: ["anna@example.com"] } };
  writeNotifications(layout, JSON.stringify({ receivers, rules: [{ events: ["job failed"], to: ["mail"] }] }));
  const environment = { SMTP_URL: url, SMTP_FROM: "portal@example.com", DATA_DIR: root };
  const settings = readSettings(environment, "/nowhere/.env");
  const timing = { ...SENDING, lookEvery: 20, retryBase: 10 };
  const told = createNotifications({ layout, settings, log: silent, timing });
  const outbox = openOutbox(layout);
  t.after(async () => {
    await told.close();
    outbox.close();
    rmSync(root, { recursive: true, force: true });
  });
  told.ended(record, "Ingest sales");
  await until(() => outbox.latest(1)[0]?.state === "sent" || (outbox.latest(1)[0]?.attempts ?? 0) > 1);
  return outbox.latest(1)[0] ?? assert.fail();
}

test("a log-in is not sent to a mail server without TLS, and that is said", async t => {
  const { seen, url } = await mailServer(t, "none", await certificateFor("127.0.0.1"));
  const { state, error } = await tell(t, url);
  assert.equal(state, "waiting");
  assert.match(
    error ?? "",
    /^The mail server offers no encryption, so the log-in of SMTP_URL was not sent\. Write smtps:/,
  );
  assert.deepEqual(seen, { logins: 0, mails: [], secure: [] });
});

for (const way of ["STARTTLS", "implicit"] as const) {
  test(`by ${way} TLS an e-mail arrives, and the log-in is sent only once it is encrypted`, async t => {
    const certificate = await certificateFor("127.0.0.1");
    trust(t, certificate.cert);
    const { seen, url } = await mailServer(t, way, certificate);
    assert.equal((await tell(t, url)).state, "sent");
    assert.deepEqual([seen.mails.length, seen.secure], [1, [true]]);
    assert.match(seen.mails[0] ?? "", /^Subject: Ingest sales: failed/m);
  });

  test(`by ${way} TLS a certificate that nobody trusts gets neither log-in nor mail, and that is said`, async t => {
    const { seen, url } = await mailServer(t, way, await certificateFor("127.0.0.1"));
    const { state, error } = await tell(t, url);
    assert.equal(state, "waiting");
    assert.match(
      error ?? "",
      /^The mail server's certificate is not accepted: its authority is not trusted here\. Write CA_FILE=/,
    );
    assert.deepEqual(seen, { logins: 0, mails: [], secure: [] });
  });

  test(`by ${way} TLS a trusted certificate for another name gets neither log-in nor mail`, async t => {
    const other = await certificateFor("mail.example.com");
    trust(t, other.cert);
    const { seen, url } = await mailServer(t, way, other);
    const { state, error } = await tell(t, url);
    assert.equal(state, "waiting");
    assert.equal(
      error,
      "The mail server's certificate is not accepted: it is for another name than SMTP_URL has.",
      "the address stands nowhere",
    );
    assert.deepEqual([seen.logins, seen.mails], [0, []]);
  });
}

// What CA_FILE does for a process that starts.
function trust(t: TestContext, cert: string): void {
  const before = tls.getCACertificates("default");
  tls.setDefaultCACertificates([...before, cert]);
  t.after(() => tls.setDefaultCACertificates(before));
}
