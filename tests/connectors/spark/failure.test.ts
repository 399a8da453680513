import assert from "node:assert/strict";
import { test } from "node:test";
import { openChannel } from "../../../connectors/spark/channel.ts";
import { connect } from "../../../connectors/spark/connection.ts";
import { ServerLost, type SparkError } from "../../../connectors/spark/errors.ts";
import { parseRemote } from "../../../connectors/spark/remote.ts";
import { openSession } from "../../../connectors/spark/session.ts";
import { opened, scriptedServer, sparkError } from "./scripted.ts";

test("an error without details is read from its message", async t => {
  const server = await scriptedServer(t, {
    execute: stream => stream.emit("error", sparkError("[NOT.THERE] It is not there. SQLSTATE: 42P01; line 1")),
  });
  const session = await opened(t, server.url);
  await assert.rejects(session.query("select 1"), (error: SparkError) => {
    assert.deepEqual([error.errorClass, error.sqlState], ["NOT.THERE", "42P01"]);
    assert.match(error.message, /It is not there/);
    return true;
  });
});

test("where the full message cannot be fetched, the short one with class and state remains", async t => {
  const server = await scriptedServer(t, {
    execute: stream =>
      stream.emit("error", sparkError("short", { errorClass: "A.B", sqlState: "12345", errorId: "e" })),
    unary: { FetchErrorDetails: (_, done) => done(sparkError("no details today")) },
  });
  const session = await opened(t, server.url);
  await assert.rejects(session.query("select 1"), (error: SparkError) => {
    assert.deepEqual([error.message, error.errorClass, error.sqlState], ["short", "A.B", "12345"]);
    return true;
  });
});

test("the full message and the chain of causes are fetched by the error's id", async t => {
  const asked: unknown[] = [];
  const server = await scriptedServer(t, {
    execute: stream => stream.emit("error", sparkError("cut to…", { errorClass: "A.B", errorId: "e7" })),
    unary: {
      FetchErrorDetails: (request, done) => {
        asked.push(request.error_id);
        const cause = { error_type_hierarchy: ["java.io.IOException"], message: "disk full" };
        done(null, { root_error_idx: 0, errors: [{ message: "cut to nothing", cause_idx: 1 }, cause] });
      },
    },
  });
  const session = await opened(t, server.url);
  await assert.rejects(session.query("select 1"), (error: SparkError) => {
    assert.deepEqual([error.message, error.serverCause], ["cut to nothing", "java.io.IOException: disk full"]);
    return true;
  });
  assert.deepEqual(asked, ["e7"]);
});

test("a server that is not there is lost, with its address", async () => {
  const opening = openSession("sc://127.0.0.1:1", { readyMilliseconds: 300 });
  await assert.rejects(opening, (error: Error) => error instanceof ServerLost && /127\.0\.0\.1:1 /.test(error.message));
});

test("a server that accepts a call and says nothing is lost at the deadline", async t => {
  const server = await scriptedServer(t, { execute: () => {}, unary: { Config: () => {} } });
  const channel = openChannel(parseRemote(server.url));
  t.after(() => channel.close());
  const connection = connect(channel, { sessionId: crypto.randomUUID(), userId: "ann", clientType: "test" });
  await assert.rejects(connection.unary("Config", {}, 300), /did not answer in time/);
});

test("a server of another version is refused in one sentence", async t => {
  const server = await scriptedServer(t, {
    execute: () => {},
    unary: { AnalyzePlan: (_, done) => done(null, { spark_version: { version: "3.5.6" } }) },
  });
  await assert.rejects(openSession(server.url), /Spark 3\.5\.6 answered .* only Spark 4\.0 and 4\.1/);
});
