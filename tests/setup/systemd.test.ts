import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type TestContext, test } from "node:test";
import { execa } from "execa";
import { PROJECT, SECRETS, SETTING_NAMES } from "../../core/settings.ts";
import { temporaryFolder } from "./stamped.ts";

const FOLDER = join(PROJECT, "setup", "systemd");
const UNITS = readdirSync(FOLDER).filter(name => name.endsWith(".service"));
const NODE = "/opt/data-operations-portal/node_modules/.bin/node";

// The unit as it is, but for the Node, which has to be there to be checked.
function installed(t: TestContext, unit: string, change = (text: string) => text): string {
  const path = join(temporaryFolder(t), unit);
  writeFileSync(path, change(readFileSync(join(FOLDER, unit), "utf8").replace(NODE, process.execPath)));
  return path;
}

async function analyze(...words: string[]) {
  return await execa("systemd-analyze", words, { reject: false, all: true });
}

const isThere = (await analyze("--version")).exitCode === 0;
const options = isThere ? {} : { skip: "systemd-analyze is not installed (Debian's package systemd)" };

for (const unit of UNITS) {
  test(`${unit} is a unit that systemd takes`, options, async t => {
    const { all, exitCode } = await analyze("verify", "--man=no", installed(t, unit));
    assert.deepEqual([all, exitCode], ["", 0]);
    const wrong = installed(t, unit, text => text.replace("Restart=always", "Restart=perhaps"));
    assert.match((await analyze("verify", "--man=no", wrong)).all, /perhaps/);
  });

  test(`${unit} is as closed as a service can be that runs JavaScript`, options, async t => {
    const grade = (path: string) => analyze("security", "--offline=true", "--threshold=20", path);
    assert.equal((await grade(installed(t, unit))).exitCode, 0);
    const open = installed(t, unit, text => text.replace(/^(Protect|Private|Restrict|SystemCall).*$/gm, ""));
    assert.notEqual((await grade(open)).exitCode, 0);
  });

  test(`${unit} starts a program of the project with settings that there are`, () => {
    const text = readFileSync(join(FOLDER, unit), "utf8");
    const [, program = ""] = /^ExecStart=\S+node (?:--\S+ )*(\S+\.ts)$/m.exec(text) ?? [];
    assert.ok(readFileSync(join(PROJECT, program), "utf8").length > 0);
    const names = [...text.matchAll(/^(?:# )?Environment=(.+)$/gm)].flatMap(([, line = ""]) =>
      line.split(" ").map(pair => pair.split("=")[0] ?? ""),
    );
    assert.deepEqual(
      names.filter(name => name !== "HOME" && !SETTING_NAMES.includes(name)),
      [],
    );
  });
}

test("the portal's unit names no secret, the worker's takes them as credentials", () => {
  const secret = new RegExp(`\\b(?:${SECRETS.join("|")})(?:_FILE)?\\b|LoadCredential`);
  assert.doesNotMatch(readFileSync(join(FOLDER, "data-operations-portal.service"), "utf8"), secret);
  assert.match(readFileSync(join(FOLDER, "data-operations-worker.service"), "utf8"), secret);
});
