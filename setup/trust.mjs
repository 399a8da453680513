import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";

const BUNDLES = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem"];
const PASSWORD = "changeit";

/**
 * Options that make a JVM trust what the machine trusts, which matters behind a proxy that looks into HTTPS: the Java
 * from pip brings a list of its own.
 * @param {Record<string, string | undefined>} environment
 * @param {string} file where the list may be written
 * @returns {string[]}
 */
export function trustOptions(environment, file) {
  const bundle = [environment.SSL_CERT_FILE, ...BUNDLES].find(path => path && existsSync(path));
  if (!bundle) return [];
  const pem = [bundle, environment.NODE_EXTRA_CA_CERTS].map(path =>
    path && existsSync(path) ? readFileSync(path, "utf8") : "",
  );
  writeFileSync(file, keyStore(pem.join("\n")));
  return [`-Djavax.net.ssl.trustStore=${file}`, `-Djavax.net.ssl.trustStorePassword=${PASSWORD}`];
}

/**
 * Certificates as a Java key store of the old format, which is a plain list with a checksum.
 * @param {string} pem
 */
export function keyStore(pem) {
  const found = pem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END CERTIFICATE-----/g);
  const certificates = Array.from(found, ([, text]) => Buffer.from(text ?? "", "base64"));
  const entries = certificates.flatMap((certificate, i) => [
    number(2),
    text(`ca-${i}`),
    Buffer.alloc(8),
    text("X.509"),
    number(certificate.length),
    certificate,
  ]);
  const data = Buffer.concat([number(0xfeedfeed), number(2), number(certificates.length), ...entries]);
  const password = Buffer.from(PASSWORD, "utf16le").swap16();
  const checksum = createHash("sha1").update(password).update("Mighty Aphrodite").update(data).digest();
  return Buffer.concat([data, checksum]);
}

/** @param {number} value */
function number(value) {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

/** @param {string} value */
function text(value) {
  const bytes = Buffer.from(value);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(bytes.length);
  return Buffer.concat([length, bytes]);
}
