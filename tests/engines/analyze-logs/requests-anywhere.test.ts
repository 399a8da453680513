import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, createServer as createTcpServer } from "node:net";
import { test } from "node:test";
import { postAlerts } from "../../../engines/analyze-logs/report/webhook.ts";
import { csvWorld } from "../csv.ts";

test("no job makes Spark or the worker connect to an address that the settings do not name", async t => {
  const { run, namespace } = await csvWorld(t);
  let connections = 0;
  const listener = createTcpServer(socket => {
    connections += 1;
    socket.destroy();
  }).listen(0, "127.0.0.1");
  await once(listener, "listening");
  t.after(() => listener.close());
  const at = `127.0.0.1:${(listener.address() as AddressInfo).port}`;
  const csv = { table: `lake.${namespace}.t`, key: "k" };
  for (const file of [`hdfs://${at}/x`, `abfss://c@${at}/x`, `abfs://c@${at}/x`, `hdfs://user@${at}/x`]) {
    const jobs: [string, Record<string, unknown>][] = [
      ["analyze-logs", { files: [file] }],
      ["load-csv", { ...csv, file }],
      ["inspect-csv", { ...csv, file }],
      ["replay-logs", { file, topic: "t" }],
    ];
    for (const [type, parameters] of jobs) {
      const ending = await run(type, parameters);
      const message = ending.error?.message ?? ending.outcomes[0]?.error?.message ?? "";
      assert.match(message, /^There is no file .* that may be read here/, `${type} ${file}: ${message}`);
    }
  }
  assert.equal(connections, 0);
});

test("a webhook that sends on to another address is not followed", async t => {
  let reached = 0;
  const other = createServer((_request, response) => {
    reached += 1;
    response.end();
  }).listen(0, "127.0.0.1");
  await once(other, "listening");
  const location = `http://127.0.0.1:${(other.address() as AddressInfo).port}/`;
  const first = createServer((_request, response) => response.writeHead(307, { location }).end()).listen(
    0,
    "127.0.0.1",
  );
  await once(first, "listening");
  t.after(() => [first.close(), other.close()]);
  const told = { job: "j", title: "t", records: "1", errors: "1", alerts: [] };
  const sentence = await postAlerts(`http://127.0.0.1:${(first.address() as AddressInfo).port}/`, told);
  assert.match(sentence ?? "", /^The webhook was not told/);
  assert.equal(reached, 0);
});
