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

const dying = (name: string, master: string, conf: Record<string, string>) =>
  startConnectServer({
    ...{ sparkHome: sparkHome(), java: "java", jars: [], master, conf },
    logFile: join(folder, `${name}.log`),
    env: { PATH: process.env.PATH },
  });

test("a server that dies while it starts tells the cause in a sentence, and where its log is", async () => {
  await assert.rejects(
    dying("nonsense", "nonsense", {}),
    /ended \(exit 1\)\. SPARK_MASTER is no master: write yarn.* Its log: .*nonsense\.log/,
  );
});

test("a server that dies of what nobody knows tells the end of its log", async () => {
  await assert.rejects(
    dying("option", "local[1]", { "spark.driver.extraJavaOptions": "-XX:+NoSuchOption" }),
    /ended \(exit 1\); the end of .*option\.log:[\s\S]*Unrecognized VM option 'NoSuchOption'/,
  );
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
