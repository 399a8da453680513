import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import { runningFiles } from "../../core/store/layout.ts";
import { hasEngine, makeWorld, textOf, until, type World } from "./world.ts";

/*
 * Two hosts on one folder: namespaces of Linux for processes, host name, network and mounts, and the kernel's run another one.
 * A host that is killed is gone with all its processes.
 */
const NAMESPACES = ["--mount", "--uts", "--pid", "--net", "--fork", "--kill-child", "--mount-proc"];
const isPossible = (await execa("unshare", [...NAMESPACES, "true"], { reject: false })).exitCode === 0;
const options = isPossible ? {} : { skip: "namespaces are refused: they need root" };
// Its name, the kernel's run, and a lock that does not reach from host to host, as on a share without locks.
const START =
  'hostname "$1" && mount --bind "$2" /proc/sys/kernel/random/boot_id && mount --bind "$3" "$4" && shift 4 && exec "$@"';

test(
  "a worker on another host stands by, and takes the folder over when the first has ended and left nothing",
  options,
  async t => {
    const world = makeWorld(t);
    const first = startHost(t, world, "host-a");
    await first.prints(/watching/);
    const second = startHost(t, world, "host-b");
    await second.prints(/process \d+ on host-a; its last sign of life is of .*This one stands by.*--take-over/);
    const id = world.submit("light");
    await until(() => world.record(id) !== undefined);
    assert.doesNotMatch(second.printed(), /watching/);
    first.signal("SIGTERM");
    await second.prints(/watching/);
    const other = world.submit("light");
    await until(() => world.record(other) !== undefined);
  },
);

test(
  "a host that was killed keeps its folder until somebody takes it over; then its job runs again, once",
  options,
  async t => {
    const world = makeWorld(t);
    const first = startHost(t, world, "host-a");
    const written = join(world.layout.root, "written");
    const id = world.submit("copy", { sleepMs: 1_500, write: written, tables: ["t"] }, { maxAttempts: 2 });
    await until(() => hasEngine(world, id));
    first.kill();
    const second = startHost(t, world, "host-b");
    await second.prints(/host-a.*This one stands by/);
    await pause(700);
    assert.equal(world.record(id), undefined);
    second.kill();
    const third = startHost(t, world, "host-b", "--take-over");
    await third.prints(/taking over from the worker on host-a/);
    await until(() => world.record(id) !== undefined);
    assert.deepEqual([world.record(id)?.status, world.record(id)?.attempts.length], ["succeeded", 2]);
    assert.match(readFileSync(written, "utf8"), /^\S+ 2 \d+\n$/);
  },
);

test("engines that a host has left to its next worker keep the folder there", options, async t => {
  const world = makeWorld(t);
  const first = startHost(t, world, "host-a");
  const id = world.submit("copy", { sleepMs: 60_000 });
  await until(() => hasEngine(world, id));
  first.signal("SIGTERM");
  await first.prints(/stopped/);
  const second = startHost(t, world, "host-b");
  await second.prints(/The worker on host-a has ended .*, and engines of its jobs run on there/);
});

test("a folder is not taken over while its host gives signs of life", options, async t => {
  const world = makeWorld(t);
  const first = startHost(t, world, "host-a");
  await first.prints(/watching/);
  const second = startHost(t, world, "host-b", "--take-over");
  await second.prints(/The worker on host-a gives signs of life: stop it there. Nothing was taken over/);
  assert.equal((await second.ended).exitCode, 1);
  const id = world.submit("light");
  await until(() => world.record(id) !== undefined);
});

test("a host that comes back after a take-over ends with its engines, and touches nothing", options, async t => {
  const world = makeWorld(t);
  const first = startHost(t, world, "host-a");
  const written = join(world.layout.root, "written");
  const id = world.submit("copy", { sleepMs: 1_500, write: written }, { maxAttempts: 2 });
  await until(() => hasEngine(world, id));
  first.signal("SIGSTOP");
  const second = startHost(t, world, "host-b", "--take-over");
  await second.prints(/taking over/);
  await until(() => hasEngine(world, id) && textOf(runningFiles(world.layout, id).engine).includes('"attempt": 2'));
  first.signal("SIGCONT");
  await first.prints(/host-b \(process \d+\) has taken this folder over: this one ends, and its engines with it/);
  assert.equal((await first.ended).exitCode, 1);
  await until(() => world.record(id) !== undefined);
  assert.match(readFileSync(written, "utf8"), /^\S+ 2 \d+\n$/);
  const next = world.submit("light");
  await until(() => world.record(next) !== undefined);
});

/** A host with a worker on it. Signals go to all its processes, the engines with them; only `SIGTERM` to the worker alone. */
function startHost(t: TestContext, { layout }: World, name: string, ...words: string[]) {
  const files = Object.fromEntries(
    ["boot", "lock"].map(what => [what, join(layout.root, `${what}-of-${name}-${randomUUID().slice(0, 8)}`)]),
  ) as { boot: string; lock: string };
  writeFileSync(files.boot, `${randomUUID()}\n`);
  writeFileSync(files.lock, "", { mode: 0o600 });
  writeFileSync(layout.lock, "", { flag: "a", mode: 0o600 });
  const program = [process.execPath, join(import.meta.dirname, "process.ts"), ...words];
  const child = execa(
    "unshare",
    [...NAMESPACES, "/bin/sh", "-c", START, "sh", name, files.boot, files.lock, layout.lock, ...program],
    {
      env: { DATA_DIR: layout.root, MIN_FREE_MB: "1", WORKER_CONCURRENCY: "4" },
      ...{ reject: false, all: true },
    },
  );
  let text = "";
  child.all?.on("data", data => {
    text += data;
  });
  t.after(async () => {
    child.kill("SIGKILL");
    await child;
  });
  return {
    printed: () => text,
    prints: (what: RegExp) => until(() => what.test(text)),
    kill: () => child.kill("SIGKILL"),
    signal(signal: NodeJS.Signals) {
      const [worker = 0, ...engines] = below(child.pid ?? 0);
      for (const pid of signal === "SIGTERM" ? [worker] : [worker, ...engines]) process.kill(pid, signal);
    },
    ended: child.then(({ exitCode }) => ({ exitCode })),
  };
}

// The processes that a process has started, and those that they have, oldest first.
function below(pid: number): number[] {
  const children = textOf(`/proc/${pid}/task/${pid}/children`).split(" ").filter(Boolean).map(Number);
  return [...children, ...children.flatMap(below)];
}
