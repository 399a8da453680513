import assert from "node:assert/strict";
import { once } from "node:events";
import { createSecureServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { Metadata, status } from "@grpc/grpc-js";
import { generate } from "selfsigned";
import { openChannel } from "../../../connectors/spark/channel.ts";
import { connect } from "../../../connectors/spark/connection.ts";
import { ApplicationEnded, ServerLost, type SparkError } from "../../../connectors/spark/errors.ts";
import { type Inquiry, isServiceError, sparkError as sparkErrorOf } from "../../../connectors/spark/failure.ts";
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

test("a failure of an application that was killed is told as that, and one that only mentions it is not", async () => {
  const stopped = "Cannot call methods on a stopped SparkContext.\nThis stopped SparkContext was created at:";
  const shutDown = "Job 3 cancelled because SparkContext was shut down";
  const table: [ended: boolean, message: string, errorClass?: string | undefined, cause?: string][] = [
    [true, stopped],
    [true, `java.lang.IllegalStateException: ${stopped}`],
    [true, shutDown],
    [true, "Writing job failed.", undefined, `org.apache.spark.SparkException: ${shutDown}`],
    [true, "x", "_LEGACY_ERROR_TEMP_2092", `java.lang.IllegalStateException: ${stopped}`],
    [false, stopped, "USER_RAISED_EXCEPTION"],
    [false, `The value '${stopped}' cannot be cast`, "CAST_INVALID_INPUT"],
    [false, `There is no file "${shutDown}".`],
    [false, "x", undefined, `java.io.IOException: ${stopped}`],
    [false, "Job 3 cancelled because of a person"],
  ];
  for (const [ended, message, errorClass, cause] of table) {
    const root = { message, cause_idx: 1, spark_throwable: { ...(errorClass && { error_class: errorClass }) } };
    const [type = "", text = ""] = cause ? cause.split(/: (.*)/s) : [];
    const errors = [root, ...(cause ? [{ error_type_hierarchy: [type], message: text }] : [])] as never;
    const error = await explained(sparkError("cut…", { errorId: "e" }), async () => ({ root_error_idx: 0, errors }));
    assert.equal(error instanceof ApplicationEnded, ended, `${message} (${errorClass}, ${cause})`);
    assert.equal(error instanceof ServerLost, ended);
  }
});

test("a call that fails without a word is a lost server only where the server answers nothing else", async () => {
  const unexplained = { ...new Error(), code: status.UNKNOWN, details: "Application error processing RPC" };
  const error = Object.assign(new Error(), unexplained, { metadata: new Metadata() });
  assert.ok((await explained(error, undefined, false)) instanceof ApplicationEnded);
  assert.ok(!((await explained(error, undefined, true)) instanceof ServerLost));
  const other = Object.assign(new Error(), unexplained, { details: "Unknown", metadata: new Metadata() });
  assert.ok(!((await explained(other, undefined, false)) instanceof ServerLost));
});

test("a server behind TLS that this machine does not trust is refused by its certificate, not as one that is away", async t => {
  const { private: key, cert } = await generate([{ name: "commonName", value: "localhost" }], { keySize: 2048 });
  const server = createSecureServer({ key, cert }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const opening = openSession(`sc://localhost:${port}/;use_ssl=true`, { readyMilliseconds: 1_500 });
  await assert.rejects(opening, /signed by an authority that is not trusted here\. Write SPARK_CA_FILE=…/);
});

async function explained(error: unknown, details: Inquiry["details"] = async () => ({ errors: [] }), answers = true) {
  const made = isServiceError(error) ? error : Object.assign(new Error(), error);
  return await sparkErrorOf(made, "127.0.0.1:15002", { details, answers: async () => answers });
}
