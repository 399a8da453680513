import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { lanes } from "../../../connectors/catalog-browser/sessions.ts";
import { isGone } from "../../../connectors/spark/ending.ts";
import { ServerLost } from "../../../connectors/spark/errors.ts";
import { parseRemote } from "../../../connectors/spark/remote.ts";
import { openSession } from "../../../connectors/spark/session.ts";
import { readEndpoints } from "../../../core/endpoints.ts";
import { newDatabase, settings, testSession } from "../../engines/lake.ts";
import { pickers, until, wholeDetails } from "./pickers.ts";

const remote = settings.SPARK_REMOTE ?? "";

test("while Spark is away every answer comes at once and says so; when it is there again, all fills in", async t => {
  const session = await testSession(t);
  const database = await newDatabase(t, session);
  await session.command(`create table ${database}.one (id int) stored as orc`);
  await session.command(`create table ${database}.two (id int) stored as orc`);
  const way = await doorway(t);
  const metadata = pickers(t, { within: 200, namesMaxAge: 0 }, { ...settings, SPARK_REMOTE: way.url });

  await until(metadata.state, state => !state.ready && /No Spark Connect server answered at 127/.test(state.why));
  const none = await metadata.names("hive", database);
  assert.deepEqual([none.items, none.pending], [[], true]);
  assert.match(none.error ?? "", /No Spark Connect server answered/);
  assert.deepEqual(metadata.details("hive", database, ["one"]), [{ name: "one", pending: true }]);

  await way.open();
  const filled = await until(
    () => metadata.names("hive", database),
    listed => !listed.pending,
  );
  assert.deepEqual([filled.items, filled.error], [["one", "two"], undefined]);
  const { one } = await wholeDetails(metadata, "hive", database, ["one"]);
  assert.ok(one?.detail);
  assert.equal(metadata.state().ready, true);

  await way.close();
  const away = await until(metadata.state, state => !state.ready);
  assert.match(JSON.stringify(away), /cannot be reached/);
  const kept = await metadata.names("hive", database);
  assert.deepEqual([kept.items, kept.pending], [["one", "two"], true], "what was known is still shown");
  assert.equal(kept.error, "why" in away ? away.why : "");
  const [first, second] = metadata.details("hive", database, ["one", "two"]);
  assert.deepEqual(first, one);
  assert.deepEqual(second, { name: "two", pending: true });

  await way.open();
  await until(metadata.state, state => state.ready);
  const { two } = await wholeDetails(metadata, "hive", database, ["two"]);
  assert.ok(two?.detail);
});

test("a stack that is still starting is waited for: its address appears later", async t => {
  const folder = mkdtempSync(join(tmpdir(), "portal-metadata-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const { SPARK_REMOTE: _, ...others } = settings;
  const metadata = pickers(t, { within: 200 }, { ...others, LAPTOP_DIR: folder });
  const listed = await until(
    () => metadata.namespaces("hive"),
    ({ error }) => error !== undefined,
  );
  assert.deepEqual([listed.items, listed.pending, listed.error], [[], true, "Spark is starting"]);
  const state = metadata.state();
  assert.deepEqual([state.ready, "why" in state && state.why], [false, "Spark is starting"]);
  const { spark } = readEndpoints(settings);
  writeFileSync(join(folder, "services.json"), JSON.stringify({ spark: { ...spark, url: remote } }));
  const filled = await until(
    () => metadata.namespaces("hive"),
    ({ pending }) => !pending,
  );
  assert.ok(filled.items.includes("default"));
});

test("a session that the server ended is opened again, and those that are open are released at the end", async () => {
  const { ask, close } = lanes(settings, error => assert.fail(String(error)));
  const idOf = () => ask("names", async ({ session }) => ((await session.version()) ? session.id : ""));
  const first = await idOf();
  assert.equal(await idOf(), first, "one session serves all questions of a lane");
  const details = await ask("details", async ({ session }) => session.id);
  assert.notEqual(details, first);
  const other = await openSession(remote, { sessionId: first });
  await other.release();
  other.close();
  const second = await idOf();
  assert.notEqual(second, first);
  await close();
  for (const id of [second, details]) {
    const late = await openSession(remote, { sessionId: id });
    await assert.rejects(late.version(), isGone);
    late.close();
  }
});

test("when the server is lost to one question, none of the others waits any longer", async t => {
  const way = await doorway(t);
  await way.open();
  const { ask, close } = lanes({ ...settings, SPARK_REMOTE: way.url }, () => {});
  const id = await ask("details", async ({ session }) => session.id);
  t.after(async () => {
    const again = await openSession(remote, { sessionId: id });
    await again.release();
    again.close();
    await close();
  });
  let ended: unknown;
  const begun = Promise.withResolvers<void>();
  const forever = ask("details", async ({ session }) => {
    const onProgress = () => begun.resolve();
    return await session.query("select count(*) from range(0, 1000000000000, 1, 1)", { onProgress });
  });
  forever.catch(error => {
    ended = error;
  });
  await begun.promise;
  await way.close();
  await assert.rejects(
    ask("names", ({ session }) => session.version()),
    ServerLost,
  );
  await turn();
  assert.ok(ended instanceof ServerLost);
});

/** A port that leads to the real Spark while it is open. Closing cuts what goes through. */
async function doorway(t: TestContext) {
  const { host, port } = parseRemote(remote);
  const sockets = new Set<Socket>();
  let server: Server | undefined;
  const own = await freePort();
  const close = async () => {
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    const closing = server;
    server = undefined;
    await new Promise<void>(resolve => (closing ? closing.close(() => resolve()) : resolve()));
  };
  const open = async () => {
    server = createServer(client => {
      const upstream = connect(port, host);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on("error", () => {});
      }
      client.pipe(upstream).pipe(client);
    }).listen(own, "127.0.0.1");
    await new Promise(resolve => server?.once("listening", resolve));
  };
  t.after(close);
  return { url: `sc://127.0.0.1:${own}${/\/;.*$/.exec(remote)?.[0] ?? ""}`, open, close };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise(resolve => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise(resolve => server.close(resolve));
  return port;
}
