import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { parseRemote } from "../../connectors/spark/remote.ts";
import { openSession } from "../../connectors/spark/session.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { findInstalled } from "../../core/installed.ts";
import { readSettings } from "../../core/settings.ts";
import { endProcess } from "../../core/system/end-process.ts";
import { ensure } from "../../laptop/ensure.ts";
import { laptopFolders, makeFolders } from "../../laptop/folders.ts";
import { sparkPlan } from "../../laptop/plans.ts";
import { freePort } from "../../laptop/ports.ts";
import { startMetastore } from "../../laptop/servers/metastore.ts";
import { temporaryFolder } from "./processes.ts";

const run = promisify(execFile);
const otherUser = { uid: 65534, gid: 65534 };
const asAnother = { skip: process.getuid?.() === 0 ? false : "only root may act as another user" };

// Whether a server lets a connection stand, as another user of this machine or as ourselves.
async function connects(port: number, user: { uid: number; gid: number } | undefined): Promise<boolean> {
  const program = `import socket
s = socket.create_connection(("127.0.0.1", ${port}), 5)
s.settimeout(2)
try:
    print("closed" if s.recv(1) == b"" else "answered")
except socket.timeout:
    print("open")
except ConnectionError:
    print("closed")
`;
  const { stdout } = await run("python3", ["-c", program], { cwd: "/", ...user });
  return stdout.trim() !== "closed";
}

test("another user of the machine can't ask the laptop's metastore for anything", asAnother, async t => {
  const folder = temporaryFolder(t);
  const folders = laptopFolders(folder);
  makeFolders(folders);
  const port = await freePort(0);
  const place = { folder: folders.metastore, warehouse: folders.hiveWarehouse, port };
  await startMetastore(await findInstalled(readSettings()), { ...place, logFile: join(folder, "m.log") }, identity =>
    t.after(() => endProcess(identity, 0)),
  );
  // It listens before it takes what comes: until then every connection stands.
  while (await connects(port, otherUser));
  assert.equal(await connects(port, undefined), true);
  assert.equal(await connects(port, otherUser), false);
});

test("the laptop's Spark answers nobody without its token, which stands in services.json alone", async t => {
  const folder = temporaryFolder(t);
  const settings = { ...readSettings(), LAPTOP_DIR: folder, DATA_DIR: folder };
  makeFolders(laptopFolders(folder));
  const plan = sparkPlan(settings, await findInstalled(settings), "thrift://127.0.0.1:1", 0, "tests");
  const spark = await ensure(settings, { ...plan, usualPort: 0 });
  await spark.start();
  const service = readEndpoints(settings).spark ?? assert.fail("no Spark was started");
  // By its identity, not by services.json: the folder is removed before this runs.
  t.after(() => endProcess(service, 0));
  const { url, pid } = service;
  const { token = "", host, port } = parseRemote(url);
  assert.ok(token.length >= 32);
  const session = await openSession(url);
  assert.deepEqual(await session.query("select 1 as one"), [{ one: 1 }]);
  await session.release();
  session.close();
  for (const wrong of ["", "/;token=wrong", `/;token=${token.slice(1)}`, "/;x-token=a"])
    await assert.rejects(openSession(`sc://${host}:${port}${wrong}`), /refused the token/, wrong);
  const { stdout } = await run("ps", ["-o", "args=", "-p", String(pid)]);
  assert.ok(stdout.includes("SparkSubmit") && !stdout.includes(token));
  // A second start finds the same server, with the token that the first one chose.
  const again = await ensure(settings, {
    ...sparkPlan(settings, await findInstalled(settings), "thrift://127.0.0.1:1", 0, "tests"),
  });
  assert.equal(again.how === "started", false);
  assert.equal(readEndpoints(settings).spark?.url, url);
});

test("folders of the laptop stack are closed to others, also those that were there before", async t => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, "spark"));
  chmodSync(folder, 0o755);
  makeFolders(laptopFolders(folder));
  const { stdout } = await run("find", [folder, "-perm", "/077"]);
  assert.equal(stdout, "");
});
