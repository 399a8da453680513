import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { SMTPServer } from "smtp-server";
import type { RunEvent } from "../../../core/notifications/openlineage.ts";
import { openOutbox } from "../../../core/notifications/outbox.ts";
import { PROJECT, readSettings } from "../../../core/settings.ts";
import { type Log, silent } from "../../../core/system/console-log.ts";
import { createNotifications } from "../../../worker/notifications/notifications.ts";
import { refusedBySchema } from "../../core/notifications/openlineage-schema.ts";
import { makeWorld, until } from "../world.ts";
import { failed, folder, QUICKLY, receiver, tell, write } from "./receiver.ts";

const KEY = "a key that signs";

test("a webhook gets the event as JSON, signed over time and body, once however often the end is found", async t => {
  const layout = folder(t);
  const { url, received } = await receiver(t);
  write(layout, { ops: { kind: "webhook", url: "NOTIFY_OPS_URL", key: "NOTIFY_OPS_KEY" } });
  const environment = { PORTAL_ORIGIN: "https://portal.example.com" };
  const told = tell(t, layout, { NOTIFY_OPS_URL: url, NOTIFY_OPS_KEY: KEY }, environment);
  told.ended(failed, "Ingest sales");
  told.ended(failed, "Ingest sales");
  const outbox = openOutbox(layout);
  await until(() => outbox.latest(5)[0]?.state === "sent");
  told.ended(failed, "Ingest sales");
  assert.equal(outbox.latest(5).length, 1);
  outbox.close();
  const [{ headers, body } = assert.fail(), ...more] = received;
  assert.deepEqual(more, []);
  const [, seconds = "", signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers["x-portal-signature"])) ?? [];
  assert.equal(signature, createHmac("sha256", KEY).update(`${seconds}.${body}`).digest("hex"));
  assert.ok(Math.abs(Number(seconds) - Date.now() / 1000) < 600);
  const { event, title, text, job, tables, url: page } = JSON.parse(body);
  assert.deepEqual([event, title, text], ["job failed", "Ingest sales: failed", "1 of 1 tables failed: sales.orders"]);
  assert.deepEqual([job.id, tables], [failed.id, ["sales.orders"]]);
  assert.equal(page, `https://portal.example.com/jobs/${failed.id}`);
  assert.equal(headers["idempotency-key"], `${failed.id}:job-failed:ops`);
});

test("Slack and Teams get bodies of their own, in which a name means only itself", async t => {
  const layout = folder(t);
  const { url, received } = await receiver(t);
  const kind = (body: string) => ({ kind: "webhook", url: "NOTIFY_URL", body });
  write(layout, { slack: kind("slack"), teams: kind("teams") });
  tell(t, layout, { NOTIFY_URL: url }).ended(failed, "Ingest <b> & co");
  await until(() => received.length === 2);
  const bodies = received.map(({ body }) => JSON.parse(body));
  const slack = bodies.find(({ blocks }) => blocks);
  assert.equal(slack.text, "Ingest &lt;b&gt; &amp; co: failed");
  assert.deepEqual(slack.blocks[0], { type: "section", text: { type: "mrkdwn", text: `*${slack.text}*` } });
  const [{ contentType, content }] = bodies.find(({ attachments }) => attachments).attachments;
  assert.equal(contentType, "application/vnd.microsoft.card.adaptive");
  assert.deepEqual([content.type, content.body[0].text], ["AdaptiveCard", "Ingest <b> & co: failed"]);
});

test("an e-mail goes to a mail server that wants no log-in, and its id is that of the message", async t => {
  const layout = folder(t);
  const mails: string[] = [];
  const server = new SMTPServer({
    ...{ authOptional: true, disabledCommands: ["STARTTLS", "AUTH"] },
    onData(stream, _session, done) {
      let text = "";
      stream.on("data", part => {
        text += part;
      });
      stream.on("end", () => {
        mails.push(text);
        done();
      });
    },
  });
  server.on("error", () => {});
  const listening = server.listen(0, "127.0.0.1");
  await once(listening, "listening");
  t.after(() => new Promise<void>(done => server.close(() => done())));
  write(layout, { mail: { kind: "email", to: ["anna@example.com", "otto@example.com"] } });
  const { port } = listening.address() as AddressInfo;
  const environment = { SMTP_URL: `smtp://127.0.0.1:${port}`, SMTP_FROM: "Portal <portal@example.com>" };
  tell(t, layout, {}, environment).ended(failed, "Ingest sales");
  await until(() => mails.length === 1);
  const [mail = ""] = mails;
  assert.match(mail, /^From: Portal <portal@example\.com>/m);
  assert.match(mail, /^To: anna@example\.com, otto@example\.com/m);
  assert.match(mail, /^Subject: Ingest sales: failed/m);
  assert.match(mail, new RegExp(`^Message-ID:\\s+<${failed.id}.job-failed.mail@data-operations-portal>`, "m"));
  assert.match(mail, /1 of 1 tables failed: sales\.orders/);
});

test("a receiver that fails is tried again, one that refuses is given up, and nobody waits for either", async t => {
  const layout = folder(t);
  const flaky = await receiver(t, (all, response) => response.writeHead(all.length < 3 ? 503 : 200).end());
  const refusing = await receiver(t, (_, response) => response.writeHead(400).end());
  // It takes the message, and never answers.
  const silentOne = await receiver(t, () => {});
  const healthy = await receiver(t);
  const gone = createServer().listen(0, "127.0.0.1");
  await once(gone, "listening");
  const dead = `http://127.0.0.1:${(gone.address() as AddressInfo).port}`;
  gone.close();
  const names = ["dead", "flaky", "refusing", "silent", "healthy"];
  write(
    layout,
    Object.fromEntries(names.map(name => [name, { kind: "webhook", url: `NOTIFY_${name.toUpperCase()}` }])),
  );
  const lines: string[] = [];
  const log = { ...silent, warn: (line: string) => void lines.push(line) } as unknown as Log;
  const secrets = {
    ...{ NOTIFY_DEAD: `${dead}/a-secret-path`, NOTIFY_FLAKY: flaky.url, NOTIFY_REFUSING: refusing.url },
    ...{ NOTIFY_SILENT: silentOne.url, NOTIFY_HEALTHY: healthy.url },
  };
  const settings = readSettings({ DATA_DIR: layout.root }, "/nowhere/.env");
  const told = createNotifications({
    ...{ layout, settings, log, timing: QUICKLY },
    secretOf: name => (secrets as Record<string, string>)[name],
  });
  t.after(() => told.close());
  told.ended(failed, "Ingest sales");
  assert.ok(silentOne.received.length === 0, "the job does not wait");
  const outbox = openOutbox(layout);
  t.after(() => outbox.close());
  const of = (name: string) => outbox.latest(9).find(one => one.receiver === `to:${name}`);
  await until(
    () => of("healthy")?.state === "sent" && of("flaky")?.state === "sent" && of("refusing")?.state === "given up",
  );
  await until(() => (of("dead")?.attempts ?? 0) > 2);
  assert.deepEqual([flaky.received.length, refusing.received.length, healthy.received.length], [3, 5, 1]);
  assert.equal(new Set(flaky.received.map(({ headers }) => headers["idempotency-key"])).size, 1);
  assert.deepEqual([of("dead")?.state, of("silent")?.state], ["waiting", "waiting"]);
  assert.match(of("refusing")?.error ?? "", /It answered 400\./);
  const files = readdirSync(layout.root).filter(name => name.startsWith("notifications"));
  const written = files.map(name => readFileSync(join(layout.root, name), "latin1")).join("") + lines.join();
  assert.ok(lines.length > 2 && !written.includes("a-secret-path"), "the address stands nowhere");
});

test("a worker that is killed between sending and noting it sends once more, with the same id, and then no more", async t => {
  const layout = folder(t);
  let child: ReturnType<typeof execFile> | undefined;
  // The first attempt arrives, and its sender is dead before it learns of that.
  const { url, received } = await receiver(t, (all, response) => {
    if (all.length === 1) child?.kill("SIGKILL");
    else response.end();
  });
  write(layout, { ops: { kind: "webhook", url: "NOTIFY_OPS_URL" } });
  const program = `
    import { createNotifications } from "${PROJECT}/worker/notifications/notifications.ts";
    import { readSettings } from "${PROJECT}/core/settings.ts";
    import { layoutOf } from "${PROJECT}/core/store/layout.ts";
    import { silent } from "${PROJECT}/core/system/console-log.ts";
    const settings = readSettings({ DATA_DIR: process.env.ROOT }, "/nowhere");
    const told = createNotifications({ layout: layoutOf(process.env.ROOT), settings, log: silent });
    told.ended(JSON.parse(process.env.RECORD), "Ingest sales");
    setInterval(() => {}, 1000);`;
  const env = { ...process.env, ROOT: layout.root, RECORD: JSON.stringify(failed), NOTIFY_OPS_URL: url };
  child = execFile(process.execPath, ["--input-type=module-typescript", "-e", program], { env });
  const [, signal] = await once(child, "exit");
  assert.equal(signal, "SIGKILL");
  const told = tell(t, layout, { NOTIFY_OPS_URL: url });
  // The next worker finds the job's end again, too.
  told.ended(failed, "Ingest sales");
  const outbox = openOutbox(layout);
  t.after(() => outbox.close());
  await until(() => outbox.latest(5).every(({ state }) => state === "sent"));
  await told.close();
  assert.equal(received.length, 2);
  assert.equal(new Set(received.map(({ headers }) => headers["idempotency-key"])).size, 1);
  assert.equal(new Set(received.map(({ body }) => body)).size, 1);
});

test("a job that fails and one that succeeds after it are told by the worker, with their runs for OpenLineage", async t => {
  const { url, received } = await receiver(t);
  const lineage = join(mkdtempSync(join(tmpdir(), "portal-lineage-")), "events.ndjson");
  t.after(() => rmSync(join(lineage, ".."), { recursive: true, force: true }));
  const world = makeWorld(t, { OPENLINEAGE_FILE: lineage });
  write(world.layout, { ops: { kind: "webhook", url: "NOTIFY_OPS_URL" } }, ["job failed", "job recovered"]);
  const worker = world.start({
    notify: parts => createNotifications({ ...parts, secretOf: () => url, timing: QUICKLY }),
  });
  const first = world.submit("copy", { tables: ["a"], failTables: ["a"] });
  await worker.idle();
  const second = world.submit("copy", { tables: ["a"] });
  await worker.idle();
  assert.deepEqual(
    world.records().map(({ status }) => status),
    ["failed", "succeeded"],
  );
  await until(() => received.length === 2);
  const events = received.map(({ body }) => JSON.parse(body)).map(({ event, job }) => [event, job.id]);
  assert.deepEqual(events, [
    ["job failed", first],
    ["job recovered", second],
  ]);
  const runs = () =>
    readFileSync(lineage, "utf8")
      .trim()
      .split("\n")
      .map(line => JSON.parse(line) as RunEvent);
  await until(() => runs().length === 4);
  assert.deepEqual(
    runs().map(({ eventType }) => eventType),
    ["START", "FAIL", "START", "COMPLETE"],
  );
  assert.deepEqual(runs().flatMap(refusedBySchema), []);
});
