import assert from "node:assert/strict";
import { test } from "node:test";
import { execa } from "execa";
import type { Cluster } from "../../bench/measuring/cluster.ts";
import { startYarn } from "../../bench/measuring/yarn.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { PROJECT } from "../../core/settings.ts";
import { type SmallHdfs, startSmallHdfs } from "../connectors/hdfs/small.ts";
import { clusterFacts, isShort } from "./facts.ts";

let cluster: Cluster;
let place = "";

// Too small for a master beside an executor, and enough of them for a script's beside those of the worker's Spark.
const NODES = { nodes: 3, megabytes: 1536 };

test("executors run on the Java and the jars that cluster-pack has put into HDFS", { skip: isShort }, async () => {
  const [executor] = await cluster.executors();
  const { stdout } = await execa("ps", ["-o", "args=", "-p", String(executor)]);
  assert.match(stdout, /^\S+\/jdk\/bin\/java |^\.\/jdk\/bin\/java /);
});

test("the application's master and its executor run on two of the nodes", async () => {
  const { stdout } = await execa("pgrep", ["-af", `${place}/.*(ExecutorLauncher|YarnCoarseGrainedExecutorBackend)`]);
  const nodes = stdout.split("\n").flatMap(line => /\/(node(?:-\d)?)\/usercache\//.exec(line)?.[1] ?? []);
  assert.equal(new Set(nodes).size, 2, stdout);
});

// On nodes that have neither Spark nor its Java; the short form uses those of this machine.
clusterFacts(async (folder, ends) => {
  place = folder;
  if (isShort) {
    cluster = await startYarn(folder, NODES);
    return cluster;
  }
  const hdfs = await startSmallHdfs();
  ends.after(() => hdfs.remove());
  const files = readEndpoints(hdfs.settings).hdfs?.files ?? "";
  cluster = await startYarn(folder, { ...NODES, files, lines: await packedLines(hdfs, files) });
  return cluster;
});

/** What `npm run cluster-pack` says is to be written into `spark.conf`. */
async function packedLines({ settings }: SmallHdfs, files: string): Promise<string[]> {
  const pack = () =>
    execa(process.execPath, ["cli/cluster-pack.ts", "--to", `${files}/apps/portal`], {
      cwd: PROJECT,
      env: { LAPTOP_DIR: settings.LAPTOP_DIR, DATA_DIR: settings.DATA_DIR },
    });
  const first = await pack();
  assert.match(first.stdout, /\/apps\/portal\/jdk-[\d.]+-\S+\.tgz \(\d+ MB\)$/m);
  // A second run sends nothing.
  const second = await pack();
  assert.equal(second.stdout.match(/, there already$/gm)?.length, 2);
  const lines = second.stdout.split("\n").filter(line => /^ {2}spark\./.test(line));
  assert.equal(lines.length, 4);
  return lines.map(line => line.trim());
}
