import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { sparkRemote } from "../../core/endpoints.ts";
import { isComing, isSetUpGoingOn, readSetUp } from "../../core/set-up.ts";
import { readSettings } from "../../core/settings.ts";
import { identityOf } from "../../core/system/process-identity.ts";

type Told = { title: string; state: string; since?: number; error?: string };

const DEAD = { pid: 2 ** 22 + 1, start: "1", bootId: "another" };
const living = identityOf(process.pid) ?? DEAD;

function folder(t: TestContext) {
  const LAPTOP_DIR = mkdtempSync(join(tmpdir(), "portal-set-up-"));
  t.after(() => rmSync(LAPTOP_DIR, { recursive: true, force: true }));
  const tell = (name: string, who: typeof DEAD, ...all: Told[]) => {
    const parts = all.map(({ since = 0, ...part }) => ({
      ...{ kind: "download", neededFor: "streams", since: new Date(since).toISOString() },
      ...part,
    }));
    mkdirSync(join(LAPTOP_DIR, "set-up"), { recursive: true });
    writeFileSync(join(LAPTOP_DIR, "set-up", name), JSON.stringify({ ...who, parts }));
  };
  return { settings: { LAPTOP_DIR }, tell };
}

const states = (settings: { LAPTOP_DIR: string }) =>
  Object.fromEntries(readSetUp(settings).map(({ title, state }) => [title, state]));

test("where nothing was set up, and where all of it is there, there is nothing to show", t => {
  const { settings, tell } = folder(t);
  assert.deepEqual(readSetUp(settings), []);
  tell("1.json", living, { title: "Spark", state: "succeeded" }, { title: "Kafka", state: "succeeded" });
  assert.deepEqual(readSetUp(settings), []);
  tell("1.json", living, { title: "Spark", state: "succeeded" }, { title: "Kafka", state: "running" });
  assert.deepEqual(states(settings), { Spark: "succeeded", Kafka: "running" });
  assert.equal(isSetUpGoingOn(readSetUp(settings)), true);
});

test("what a set-up did not finish that has ended is stopped, not going on", t => {
  const { settings, tell } = folder(t);
  const parts = ["succeeded", "failed", "running", "pending"].map(state => ({ title: state, state }));
  tell("1.json", DEAD, ...parts);
  assert.deepEqual(states(settings), {
    ...{ succeeded: "succeeded", failed: "failed" },
    ...{ running: "stopped", pending: "stopped" },
  });
  assert.equal(isSetUpGoingOn(readSetUp(settings)), false);
  // The same pid of another process is not that set-up.
  tell("1.json", { ...living, start: "1" }, ...parts);
  assert.equal(states(settings).running, "stopped");
});

test("of a part that two programs tell of the newest counts", t => {
  const { settings, tell } = folder(t);
  tell("1.json", DEAD, { title: "Kafka", state: "failed", since: 1, error: "no network" });
  tell("2.json", living, { title: "Kafka", state: "succeeded", since: 2 });
  assert.deepEqual(readSetUp(settings), []);
  tell("3.json", DEAD, { title: "Kafka", state: "failed", since: 3, error: "no network" });
  assert.deepEqual(states(settings), { Kafka: "failed" });
});

test("a file that is none of ours changes nothing", t => {
  const { settings, tell } = folder(t);
  tell("1.json", living, { title: "Kafka", state: "running" });
  writeFileSync(join(settings.LAPTOP_DIR, "set-up", "2.json"), "{ not json");
  writeFileSync(join(settings.LAPTOP_DIR, "set-up", "3.json.tmp"), "{}");
  assert.deepEqual(states(settings), { Kafka: "running" });
});

test("who needs what is on its way is told to wait, not that it is missing", t => {
  const { settings: place, tell } = folder(t);
  const settings = readSettings({ LAPTOP_DIR: place.LAPTOP_DIR, DATA_DIR: place.LAPTOP_DIR }, "/nowhere/.env");
  assert.throws(() => sparkRemote(settings), /No Spark is set or started: run `npm run laptop`/);
  tell("1.json", living, { title: "Spark", state: "pending" });
  assert.throws(() => sparkRemote(settings), /^SettingsError: Spark is not there yet: the set-up is going on/);
  assert.equal(isComing(settings, "Kafka", "A small Kafka"), false);
  tell("1.json", living, { title: "A small Kafka", state: "running" });
  assert.equal(isComing(settings, "Kafka", "A small Kafka"), true);
  tell("1.json", DEAD, { title: "A small Kafka", state: "running" }, { title: "Spark", state: "pending" });
  assert.equal(isComing(settings, "Kafka", "A small Kafka"), false);
  assert.throws(() => sparkRemote(settings), /No Spark is set or started/);
});
