import assert from "node:assert/strict";
import { test } from "node:test";
import { SessionChanged, SparkError } from "../../../connectors/spark/errors.ts";
import { commandPlan, queryPlan } from "../../../connectors/spark/protocol/plan.ts";
import { complete, figures, opened, scriptedServer, sparkError } from "./scripted.ts";

test("a stream that the server ends is taken up after the last response", async t => {
  const server = await scriptedServer(t, {
    execute: stream => {
      stream.write(figures("r1", "a"));
      stream.end();
    },
    reattach: (stream, number) => {
      stream.write(number === 1 ? figures("r2", "b") : complete("r3"));
      stream.end();
    },
  });
  const session = await opened(t, server.url);
  const { observed } = await session.execute(queryPlan("select 1")).result;
  assert.deepEqual(Object.keys(observed), ["a", "b"]);
  assert.deepEqual(
    server.calls.map(({ name, request }) => [name, request.last_response_id]),
    [
      ["ExecutePlan", undefined],
      ["ReattachExecute", "r1"],
      ["ReattachExecute", "r2"],
    ],
  );
});

test("a connection that is cut midway costs nothing of the result", async t => {
  const server = await scriptedServer(t, {
    execute: stream => {
      stream.write(figures("r1", "a"));
      setTimeout(() => server.restart(), 100);
    },
    reattach: stream => {
      stream.write(figures("r2", "b"));
      stream.write(complete("r3"));
      stream.end();
    },
  });
  const session = await opened(t, server.url);
  const { observed } = await session.execute(queryPlan("select 1")).result;
  assert.deepEqual(Object.keys(observed), ["a", "b"]);
  assert.equal(server.calls.filter(call => call.name === "ExecutePlan").length, 1);
});

test("a statement whose answer is lost is not run a second time when the server knows it", async t => {
  const server = await scriptedServer(t, {
    execute: () => void server.restart(),
    reattach: stream => {
      stream.write(complete("r1"));
      stream.end();
    },
  });
  const session = await opened(t, server.url);
  await session.command("call c.system.p()");
  const executions = server.calls.filter(call => call.name === "ExecutePlan");
  assert.equal(executions.length, 1);
});

test("a statement that never reached the server is sent again under the same id", async t => {
  const server = await scriptedServer(t, {
    execute: (stream, number) => {
      if (number === 1) return void server.restart();
      stream.write(complete("r1"));
      stream.end();
    },
    reattach: stream => {
      stream.emit("error", sparkError("gone", { errorClass: "INVALID_HANDLE.OPERATION_NOT_FOUND" }));
    },
  });
  const session = await opened(t, server.url);
  await session.command("call c.system.p()");
  const ids = server.calls.map(call => call.request.operation_id);
  assert.equal(server.calls.filter(call => call.name === "ExecutePlan").length, 2);
  assert.equal(new Set(ids).size, 1);
});

test("an operation that the server forgets midway is not sent again", async t => {
  const server = await scriptedServer(t, {
    execute: stream => {
      stream.write(figures("r1", "a"));
      stream.end();
    },
    reattach: stream => {
      stream.emit("error", sparkError("gone", { errorClass: "INVALID_HANDLE.OPERATION_NOT_FOUND" }));
    },
  });
  const session = await opened(t, server.url);
  await assert.rejects(session.execute(commandPlan("insert")).result, (error: SparkError) => {
    assert.equal(error.errorClass, "INVALID_HANDLE.OPERATION_NOT_FOUND");
    return true;
  });
  assert.equal(server.calls.filter(call => call.name === "ExecutePlan").length, 1);
});

test("a server that comes back as another is told apart", async t => {
  const server = await scriptedServer(t, {
    execute: stream => {
      stream.write(figures("r1", "a"));
      stream.end();
    },
    reattach: stream => {
      stream.write(figures("r2", "b", "second"));
      stream.end();
    },
  });
  const session = await opened(t, server.url);
  await assert.rejects(session.query("select 1"), SessionChanged);
  assert.equal(server.calls[1]?.request.client_observed_server_side_session_id, "first");
});

test("an error is final: nothing is attached to again", async t => {
  const server = await scriptedServer(t, {
    execute: stream => stream.emit("error", sparkError("[BROKEN.HERE] no SQLSTATE: 42000")),
  });
  const session = await opened(t, server.url);
  await assert.rejects(session.query("select 1"), SparkError);
  await new Promise(resolve => setTimeout(resolve, 300));
  assert.deepEqual(
    server.calls.map(call => call.name),
    ["ExecutePlan"],
  );
});

test("a long silence of streams that the server ends is no loss", async t => {
  const server = await scriptedServer(t, {
    execute: stream => setTimeout(() => stream.end(), 60),
    reattach: (stream, number) => {
      if (number === 20) stream.write(complete("r1"));
      setTimeout(() => stream.end(), 60);
    },
  });
  const session = await opened(t, server.url);
  await session.command("call c.system.p()");
  assert.equal(server.calls.length, 21);
});

test("an id that another operation has is an error, not that operation's answer", async t => {
  const taken = { errorClass: "INVALID_HANDLE.OPERATION_ALREADY_EXISTS" };
  const server = await scriptedServer(t, { execute: stream => stream.emit("error", sparkError("taken", taken)) });
  const session = await opened(t, server.url);
  await assert.rejects(session.command("insert", { operationId: crypto.randomUUID() }), /taken/);
  assert.equal(server.calls.length, 1);
});

test("a statement that arrived after all is attached to when it is sent again", async t => {
  const server = await scriptedServer(t, {
    execute: (stream, number) => {
      if (number === 1) return void server.restart();
      stream.emit("error", sparkError("taken", { errorClass: "INVALID_HANDLE.OPERATION_ALREADY_EXISTS" }));
    },
    reattach: (stream, number) => {
      if (number === 1) {
        return void stream.emit("error", sparkError("gone", { errorClass: "INVALID_HANDLE.OPERATION_NOT_FOUND" }));
      }
      stream.write(complete("r1"));
      stream.end();
    },
  });
  const session = await opened(t, server.url);
  await session.command("call c.system.p()");
  const names = ["ExecutePlan", "ReattachExecute", "ExecutePlan", "ReattachExecute"];
  assert.deepEqual(
    server.calls.map(call => call.name),
    names,
  );
});
