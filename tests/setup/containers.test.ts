import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { execa } from "execa";
import { PROJECT, SETTING_NAMES } from "../../core/settings.ts";
import { startApi } from "../server/api.ts";
import { temporaryFolder } from "./stamped.ts";

const FOLDER = join(PROJECT, "setup", "containers");
const read = (name: string) => readFileSync(join(FOLDER, name), "utf8");

async function healthy(what: string, env: Record<string, string>) {
  return await execa(process.execPath, [join(FOLDER, "healthy.mjs"), what], { env, reject: false, all: true });
}

test("the health check of the portal's container is that it answers, with a worker or without", async t => {
  const { url } = await startApi(t);
  assert.equal((await healthy("portal", { PORTAL_PORT: new URL(url).port })).exitCode, 0);
  assert.equal((await healthy("portal", { PORTAL_PORT: "9" })).exitCode, 1);
});

test("the health check of the worker's container is its sign of life", async t => {
  const root = temporaryFolder(t);
  assert.equal((await healthy("worker", { DATA_DIR: root })).exitCode, 1);
  mkdirSync(join(root, "queue"));
  const beat = (at: number) => writeFileSync(join(root, "queue", "worker.json"), JSON.stringify({ at: new Date(at) }));
  beat(Date.now());
  assert.equal((await healthy("worker", { DATA_DIR: root })).exitCode, 0);
  beat(Date.now() - 60_000);
  const { exitCode, all } = await healthy("worker", { DATA_DIR: root });
  assert.equal(exitCode, 1);
  assert.match(all, /last sign of life of the worker is 60 s old/);
});

test("both services are closed, and the portal gets no secret", () => {
  const compose = read("compose.yaml");
  const laptop = read("laptop.yaml");
  const [shared = "", portal = ""] = [
    /x-closed:[\s\S]*?(?=\nservices:)/.exec(compose)?.[0],
    / {2}portal:[\s\S]*?(?=\n {2}worker:)/.exec(compose)?.[0],
  ];
  for (const line of ['user: "10001:10001"', "read_only: true", "cap_drop: [ALL]", "no-new-privileges:true"])
    assert.ok(shared.includes(line) && laptop.includes(line), line);
  assert.doesNotMatch(portal, /secrets:|_FILE/);
  assert.equal(compose.match(/<<: \*closed/g)?.length, 2);
  // The compose of Debian knows neither: it starts every service, and stops at a file of settings that is told about.
  assert.doesNotMatch(compose, /profiles:|required:/);
  assert.match(read("Containerfile"), /^USER 10001:10001$/m);
  // Node can't name a user that the image does not know, and the portal ends.
  assert.match(read("Containerfile"), /useradd --uid 10001 /);
});

test("a build without a target makes the portal's image, and what the laptop's has in its cache is no volume yet", () => {
  const stages = read("Containerfile")
    .split(/^(?=FROM )/m)
    .filter(stage => stage.startsWith("FROM "));
  assert.match(stages.at(-1) ?? "", /AS production[\s\S]*server\/main\.ts/);
  const laptop = stages.find(stage => stage.includes("AS laptop")) ?? "";
  assert.ok(laptop.indexOf("setup.mjs") < laptop.indexOf("VOLUME"));
  for (const stage of stages) if (!/AS (laptop|production)/.test(stage)) assert.doesNotMatch(stage, /^VOLUME/m);
});

test("the settings and secrets beside the compose file get into no image and no commit", () => {
  for (const file of [join(PROJECT, ".gitignore"), join(FOLDER, "Containerfile.containerignore")]) {
    const lines = readFileSync(file, "utf8").split("\n");
    for (const name of ["settings.env", "secrets"])
      assert.ok(
        lines.some(line => line.replace(/\/$/, "") === `setup/containers/${name}`),
        `${file}: ${name}`,
      );
  }
});

test("the image and the compose file name settings that there are, and programs of the project", () => {
  const text = read("Containerfile") + read("compose.yaml") + read("laptop.yaml");
  const names = [...text.matchAll(/\b([A-Z]+(?:_[A-Z]+)+)[=:] ?(?=[/\d])/g)].map(([, name = ""]) => name);
  assert.ok(names.includes("DATA_DIR") && names.includes("AZURE_KEY_FILE"));
  assert.deepEqual(
    names.filter(name => !SETTING_NAMES.includes(name)),
    [],
  );
  for (const [, program = ""] of text.matchAll(/"?((?:server|worker|setup)\/[\w/.-]+\.(?:ts|mjs))"?/g))
    assert.ok(readFileSync(join(PROJECT, program)).length > 0, program);
});
