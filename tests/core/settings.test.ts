import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import {
  isForPortalOnly,
  isHiddenFromPortal,
  isSecretName,
  PROJECT,
  readSettings,
  SECRETS,
  settingsEnvironment,
} from "../../core/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "settings-"));
const none = join(folder, "no such file");

function secretFile(content: string): string {
  const path = join(folder, `secret-${Math.random()}`);
  writeFileSync(path, content, { mode: 0o600 });
  return path;
}

for (const name of SECRETS) {
  test(`${name} may lie in a file, without the line break at its end`, () => {
    const secret = "https://hooks.example.com/a-b";
    assert.equal(readSettings({ [`${name}_FILE`]: secretFile(`${secret}\n`) }, none)[name], secret);
  });
}

test("the file of a secret may be named in .env, and is handed on to an engine as a name", () => {
  const env = join(folder, ".env");
  const path = secretFile("k");
  writeFileSync(env, `AZURE_KEY_FILE=${path}\n`);
  assert.equal(readSettings({}, env).AZURE_KEY, "k");
  assert.equal(settingsEnvironment({ AZURE_KEY_FILE: path }).AZURE_KEY_FILE, path);
  assert.equal(isSecretName("AZURE_KEY_FILE"), false);
});

test("a secret that is given twice, a file that is not there and an empty one are each a sentence", () => {
  const environment = {
    ...{ AZURE_KEY: "a", AZURE_KEY_FILE: secretFile("b") },
    ...{ AUDIT_KEY_FILE: none, SNOWFLAKE_PASSWORD_FILE: secretFile("\n") },
  };
  assert.throws(() => readSettings(environment, none), {
    message: [
      "AZURE_KEY and AZURE_KEY_FILE are both set: keep one of them.",
      `SNOWFLAKE_PASSWORD_FILE: ${environment.SNOWFLAKE_PASSWORD_FILE} is empty. Write the secret into it.`,
      `AUDIT_KEY_FILE: ${none} can't be read (ENOENT). Correct the path, or who may read it.`,
    ]
      .sort((a, b) => order(a) - order(b))
      .join("\n"),
  });
});

test("a process without secrets reads no file of a secret", () => {
  const program = `import { readSettingsWithoutSecrets } from "${PROJECT}/core/settings.ts";
    const { AZURE_KEY, AUDIT_KEY } = readSettingsWithoutSecrets();
    console.log(JSON.stringify([AZURE_KEY ?? null, AUDIT_KEY ?? null]));`;
  const env = { ...process.env, AZURE_KEY_FILE: secretFile("k"), AUDIT_KEY_FILE: none, AZURE_KEY: "", AUDIT_KEY: "" };
  const said = execFileSync(process.execPath, ["--input-type=module-typescript", "-e", program], { env });
  assert.deepEqual(JSON.parse(String(said)), [null, null]);
});

test("the portal reads the one secret that it shares with jobs", () => {
  assert.equal(isHiddenFromPortal("WEBHDFS_PASSWORD"), false);
  assert.equal(isHiddenFromPortal("WEBHDFS_PASSWORD_FILE"), false);
  assert.equal(isForPortalOnly("WEBHDFS_PASSWORD"), false);
  assert.equal(isForPortalOnly("OIDC_CLIENT_SECRET"), true);
  assert.equal(isHiddenFromPortal("AZURE_KEY"), true);
});

function order(line: string): number {
  return SECRETS.findIndex(name => line.startsWith(name));
}
