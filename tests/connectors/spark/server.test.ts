import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createServer } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { startConnectServer } from "../../../connectors/spark/server/server.ts";
import { openSession } from "../../../connectors/spark/session.ts";
import { sparkHome, startServer, temporaryFolder } from "./server.ts";

const folder = temporaryFolder();

test("a started server answers to its token alone, has every setting, and shows none in its arguments", async t => {
  const odd = "hush =:#!\\ é";
  const token = "hush; a=token";
  const started = await startServer(folder, { "spark.test.odd key": odd, "spark.connect.authenticate.token": token });
  t.after(() => started.stop());
  const session = await openSession(started.url);
  t.after(() => session.close());
  assert.deepEqual(await session.config.get(["spark.test.odd key"]), { "spark.test.odd key": odd });
  const listed = execFileSync("ps", ["-o", "args=", "-p", String(started.pid)], { encoding: "utf8" });
  assert.match(listed, /SparkSubmit/);
  assert.doesNotMatch(listed, /hush/);
  await assert.rejects(openSession(`sc://127.0.0.1:${started.port}`), /refused the token/);
  await started.stop();
  assert.throws(() => process.kill(started.pid, 0), { code: "ESRCH" });
});

test("a server that dies while it starts tells the end of its log", async () => {
  const starting = startConnectServer({
    ...{ sparkHome: sparkHome(), java: "java", jars: [], master: "nonsense", conf: {} },
    logFile: join(folder, "dies.log"),
    env: { PATH: process.env.PATH },
  });
  await assert.rejects(starting, /ended \(exit 1\); the end of .*dies\.log:[\s\S]*Master must either be yarn/);
});

test("a port that is taken is refused before anything starts", async t => {
  const other = createServer().listen(0, "127.0.0.1");
  t.after(() => other.close());
  await new Promise(resolve => other.once("listening", resolve));
  const { port } = other.address() as { port: number };
  const starting = startConnectServer({
    ...{ sparkHome: sparkHome(), java: "java", jars: [], master: "local[1]", conf: {} },
    ...{ port, logFile: join(folder, "taken.log") },
  });
  await assert.rejects(starting, new RegExp(`Port ${port} is taken`));
});
