import assert from "node:assert/strict";
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { test } from "node:test";
import { rootCertificates } from "node:tls";
import { run } from "../../setup/child.mjs";
import { keyStore, trustOptions } from "../../setup/trust.mjs";
import { temporaryFolder } from "./stamped.ts";

function keytool(): string {
  const java = process.env.SPARK_JAVA?.includes("/") ? process.env.SPARK_JAVA : undefined;
  const onPath = (process.env.PATH ?? "").split(delimiter).map(folder => join(folder, "java"));
  for (const path of [...(java ? [java] : []), ...onPath])
    try {
      return join(dirname(realpathSync(path)), "keytool");
    } catch {}
  throw new Error("no Java on the PATH");
}

test("Java reads the list of certificates that is made for it", async t => {
  const file = join(temporaryFolder(t), "trust.jks");
  writeFileSync(file, keyStore(rootCertificates.slice(0, 3).join("\n")));
  const { code, output } = await run(keytool(), ["-list", "-keystore", file, "-storepass", "changeit"]);
  assert.equal(code, 0, output);
  assert.match(output, /contains 3 entries/);
});

test("the machine's own bundle and an extra certificate are trusted", t => {
  const folder = temporaryFolder(t);
  const [bundle, extra, file] = ["bundle.pem", "extra.pem", "trust.jks"].map(name => join(folder, name)) as [
    string,
    string,
    string,
  ];
  writeFileSync(bundle, rootCertificates[0] ?? "");
  writeFileSync(extra, rootCertificates[1] ?? "");
  const options = trustOptions({ SSL_CERT_FILE: bundle, NODE_EXTRA_CA_CERTS: extra }, file);
  assert.deepEqual(options[0], `-Djavax.net.ssl.trustStore=${file}`);
  assert.equal(readFileSync(file).readUInt32BE(8), 2);
});
