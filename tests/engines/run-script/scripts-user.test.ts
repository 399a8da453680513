import assert from "node:assert/strict";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { readSettings } from "../../../core/settings.ts";
import { runDriver } from "../../../engines/run-script/driver.ts";
import { handOver, scriptEnvironment, scriptsUser } from "../../../engines/run-script/scripts-user.ts";
import { submitCommand } from "../../../engines/run-script/submit.ts";

const isRoot = process.getuid?.() === 0;
const mayChange = { skip: isRoot ? false : "only root may change users" };

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), "portal-scripts-user-"));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

test("a script reads nothing of the worker's, changes nothing, and has a folder of its own", mayChange, async t => {
  const folder = folderOf(t);
  chmodSync(folder, 0o755);
  const secret = join(folder, "people.db");
  writeFileSync(secret, "secret", { mode: 0o600 });
  const cwd = join(folder, "cwd");
  mkdirSync(cwd, { mode: 0o700 });
  const file = join(cwd, "attack.py");
  writeFileSync(
    file,
    `import os
def attempt(what, work):
    try:
        print("done", what, work())
    except (PermissionError, OSError) as error:
        print("refused", what)
attempt("read", lambda: open(${JSON.stringify(secret)}).read())
attempt("write", lambda: open(${JSON.stringify(secret)}, "a").write("x"))
attempt("environment", lambda: open("/proc/${process.pid}/environ").read())
attempt("signal", lambda: os.kill(${process.pid}, 0))
attempt("root", lambda: os.setuid(0))
attempt("own", lambda: open("own.txt", "w").write("x"))
print("user", os.getuid(), os.getgid(), os.getgroups(), os.environ["HOME"], os.environ["USER"])
`,
    { mode: 0o600 },
  );
  const user = scriptsUser({ SCRIPTS_USER: "nobody" });
  assert.ok(user);
  handOver(user, [cwd, file], ["/bin/sh"]);
  const env = scriptEnvironment(
    user,
    { PATH: process.env.PATH ?? "", KRB5CCNAME: "x", HOME: "/", KUBECONFIG: "x" },
    cwd,
  );
  assert.deepEqual(Object.keys(env).sort(), ["HOME", "PATH", "USER"]);
  const lines: string[] = [];
  const signal = new AbortController().signal;
  const code = await runDriver({ program: "python3", args: [file], env, cwd, user }, signal, line => lines.push(line));
  assert.equal(code, 0);
  const own = `user ${user.uid} ${user.gid} [] ${cwd} nobody`;
  const told = lines.map(line => line.replace(/ \d+$/, "")).slice(0, 6);
  assert.deepEqual(told, [
    ...["read", "write", "environment", "signal", "root"].map(one => `refused ${one}`),
    "done own",
  ]);
  assert.equal(lines.at(-1)?.replace(`[${user.gid}]`, "[]"), own);
  assert.equal(readFileSync(secret, "utf8"), "secret");
});

test("what that user can't read is told before anything runs", mayChange, t => {
  const folder = folderOf(t);
  const user = scriptsUser({ SCRIPTS_USER: "nobody" });
  assert.ok(user);
  chmodSync(folder, 0o700);
  assert.throws(() => handOver(user, [], [folder]), /SCRIPTS_USER=nobody can't read .*set CACHE_DIR or SPARK_HOME/);
});

test("that user gets no keytab, which opens all that the portal may do", mayChange, async t => {
  const folder = folderOf(t);
  const file = join(folder, "x.py");
  writeFileSync(file, "");
  chmodSync(folder, 0o755);
  const keytab = { SPARK_KERBEROS_PRINCIPAL: "portal@R", SPARK_KERBEROS_KEYTAB: "/k" };
  const given = { ...readSettings(), ...keytab, SPARK_SUBMIT: "/bin/true", SPARK_MASTER: "yarn" };
  const script = { file, name: "x.py", args: [], conf: {}, cwd: folder };
  assert.ok((await submitCommand(given, script)).args.includes("/k"));
  const { args, env } = await submitCommand({ ...given, SCRIPTS_USER: "nobody" }, script);
  assert.ok(![...args, ...Object.values(env)].includes("/k"));
});

test("a user that is none, or that may do what the worker may, is refused", () => {
  assert.equal(scriptsUser({ SCRIPTS_USER: undefined }), undefined);
  assert.throws(() => scriptsUser({ SCRIPTS_USER: "no-such-user-x" }), /this machine has no such user/);
  assert.throws(() => scriptsUser({ SCRIPTS_USER: "root" }), /may do all that the worker's user may/);
});

test("a worker that may not change users runs no script as itself instead", { skip: isRoot && "this is root" }, () => {
  assert.throws(() => scriptsUser({ SCRIPTS_USER: "nobody" }), /only a worker that runs as root may change users/);
});
