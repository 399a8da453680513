import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";
import { readSettings } from "../../../core/settings.ts";
import { hdfsChecks } from "../../../engines/check-services/hdfs.ts";
import { runCheck } from "../../../engines/check-services/service-check.ts";
import { serviceHealth } from "../../../worker/health/service-health.ts";

const settings = (given: Record<string, string>) =>
  readSettings({ LAPTOP_DIR: "/nonexistent", ...given }, "/nowhere/.env");

test("HDFS is looked at where scripts lie in it and one is set, and nowhere else", () => {
  const WEBHDFS_URL = "http://127.0.0.1:1";
  assert.deepEqual(hdfsChecks(settings({})), []);
  assert.deepEqual(hdfsChecks(settings({ WEBHDFS_URL, SCRIPTS_DIR: "/srv/scripts" })), []);
  assert.deepEqual(
    hdfsChecks(settings({ WEBHDFS_URL })).map(({ name }) => name),
    ["hdfs"],
  );
});

test("an HDFS that is away, and a folder that is not there, are told with what mends them; the worker's health knows it too", async t => {
  const [away] = hdfsChecks(settings({ WEBHDFS_URL: "http://127.0.0.1:1" }));
  assert.ok(away);
  const found = await runCheck(away);
  assert.deepEqual(found, {
    outcome: "failed",
    error: {
      message: "HDFS at 127.0.0.1:1 does not answer (the connection was refused).",
      hint: "Start it, or correct WEBHDFS_URL in .env.",
    },
  });
  // A NameNode that has a script in one folder and no other folder.
  const status = { pathSuffix: "a.py", type: "FILE", length: 1, modificationTime: 0, owner: "x" };
  const missing = { RemoteException: { exception: "FileNotFoundException", message: "no" } };
  const server = createServer((request, response) => {
    const there = request.url?.startsWith("/webhdfs/v1/there?");
    const answer = there ? { FileStatuses: { FileStatus: [status] } } : missing;
    response.writeHead(there ? 200 : 404).end(JSON.stringify(answer));
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await new Promise(listening => server.once("listening", listening));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const own = (SCRIPTS_DIR: string) => settings({ WEBHDFS_URL: url, WEBHDFS_USER: "etl", SCRIPTS_DIR });
  const look = async (folder: string) => await runCheck(hdfsChecks(own(folder))[0]!);
  assert.deepEqual(await look("hdfs:///there"), {
    outcome: "succeeded",
    notes: [`/there at ${new URL(url).host} as etl: 1 script`],
  });
  const gone = await look("hdfs:///gone");
  assert.ok(gone.outcome === "failed");
  assert.equal(gone.error.hint, "Make it: hdfs dfs -mkdir -p /gone");
  assert.equal((await serviceHealth(own("hdfs:///there"))()).hdfs?.ok, true);
  assert.equal((await serviceHealth(own("/srv/scripts"))()).hdfs, undefined);
});
