import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { generate } from "selfsigned";
import { secureContext, sparkServer } from "../../../../connectors/spark/tls/server.ts";
import { readSettings, SettingsError } from "../../../../core/settings.ts";
import { type Authority, makeAuthority } from "../../../authority.ts";

let company: Authority;
const folder = mkdtempSync(join(tmpdir(), "portal-pem-"));

before(async () => {
  company = await makeAuthority();
});
after(() => {
  company.remove();
  rmSync(folder, { recursive: true, force: true });
});

function written(name: string, content: string): string {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
}

function says(message: RegExp) {
  return (error: unknown) => error instanceof SettingsError && message.test(error.message);
}

test("files that can't be used are told by the name of their setting", async () => {
  const [one, other] = [await company.sign(["us"]), await company.sign(["us"])];
  assert.ok(secureContext({ ca: company.file, ...one }));
  assert.throws(
    () => secureContext({ ca: "/nowhere/ca.pem" }),
    says(/^SPARK_CA_FILE: \/nowhere\/ca\.pem can't be read \(ENOENT\)\. Correct the path, or who may read it\.$/),
  );
  assert.throws(() => secureContext({ ...one, key: folder }), says(/^SPARK_KEY_FILE: .* can't be read \(EISDIR\)/));
  assert.throws(() => secureContext({ ...one, key: other.key }), says(/^SPARK_KEY_FILE is not the key of the certif/));
  assert.throws(() => secureContext({ ca: one.key }), says(/^SPARK_CA_FILE holds no certificate: it must be a PEM/));
  assert.throws(
    () => secureContext({ ...one, cert: written("der", "\u0030\u0082") }),
    says(/^SPARK_CERT_FILE holds no/),
  );
  const broken = written("broken.pem", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n");
  assert.throws(() => secureContext({ ...one, cert: broken }), says(/can't be used \(.*must be a whole PEM file\.$/));
  const locked = await generate([{ name: "commonName", value: "us" }], { keyType: "ec", passphrase: "1234" });
  const files = { cert: written("locked.pem", locked.cert), key: written("locked.key", locked.private) };
  assert.throws(() => secureContext(files), says(/^SPARK_KEY_FILE has a passphrase, which is not supported/));
});

test("a certificate without its key, and a key without its certificate, are told", () => {
  const settings = (more: Record<string, string>) =>
    readSettings({ SPARK_REMOTE: "sc://spark.example.com/;use_ssl=true", ...more }, "/nowhere/.env");
  assert.throws(
    () => sparkServer(settings({ SPARK_CERT_FILE: "/a/cert.pem" })),
    says(/^SPARK_CERT_FILE is set and SPARK_KEY_FILE is not/),
  );
  assert.throws(
    () => sparkServer(settings({ SPARK_KEY_FILE: "/a/key.pem" })),
    says(/^SPARK_KEY_FILE is set and SPARK_CERT_FILE is not/),
  );
  const { tls, files } = sparkServer(settings({ SPARK_CA_FILE: "/a/ca.pem" }));
  assert.deepEqual([tls, files], [true, { ca: "/a/ca.pem" }]);
});
