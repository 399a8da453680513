import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContext } from "node:tls";
import { sparkRemote } from "../../../core/endpoints.ts";
import { type Settings, SettingsError } from "../../../core/settings.ts";
import { parseRemote, type Remote, type TlsFiles } from "../remote.ts";

/** Where Spark Connect is, and the certificates to reach it with: of the settings, else the laptop's. Throws a SettingsError. */
export function sparkServer(settings: Settings): Remote {
  const { SPARK_CA_FILE: ca, SPARK_CERT_FILE: cert, SPARK_KEY_FILE: key } = settings;
  if (Boolean(cert) !== Boolean(key))
    throw new SettingsError(
      `${cert ? "SPARK_CERT_FILE" : "SPARK_KEY_FILE"} is set and ${cert ? "SPARK_KEY_FILE" : "SPARK_CERT_FILE"} is not: a certificate needs its key. Set both in .env, or none.`,
    );
  return {
    ...parseRemote(sparkRemote(settings)),
    files: { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) },
  };
}

/** The certificates of the files, read anew: one that was renewed is used from the next session on. Throws a SettingsError. */
export function secureContext({ ca, cert, key }: TlsFiles = {}): SecureContext {
  const files = {
    ...(ca && { ca: read("SPARK_CA_FILE", ca) }),
    ...(cert && { cert: read("SPARK_CERT_FILE", cert) }),
    ...(key && { key: read("SPARK_KEY_FILE", key) }),
  };
  for (const [name, pem] of [
    ["SPARK_CA_FILE", files.ca],
    ["SPARK_CERT_FILE", files.cert],
  ] as const)
    if (pem && !/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/.test(pem.toString("latin1")))
      throw new SettingsError(`${name} holds no certificate: it must be a PEM file, with -----BEGIN CERTIFICATE-----.`);
  try {
    return createSecureContext(files);
  } catch (error) {
    throw new SettingsError(unusable(error as NodeJS.ErrnoException));
  }
}

function read(name: string, path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError(`${name}: ${path} can't be read (${code}). Correct the path, or who may read it.`);
  }
}

// OpenSSL's own words name no file.
function unusable({ code = "", message }: NodeJS.ErrnoException): string {
  if (/KEY_VALUES_MISMATCH/.test(code))
    return "SPARK_KEY_FILE is not the key of the certificate in SPARK_CERT_FILE. Set the two that belong together.";
  if (/PASSPHRASE|PASSWORD|INTERRUPTED_OR_CANCELLED|BAD_DECRYPT/.test(code))
    return "SPARK_KEY_FILE has a passphrase, which is not supported. Store the key without one, readable for this user alone.";
  return `SPARK_CA_FILE, SPARK_CERT_FILE and SPARK_KEY_FILE can't be used (${code || message}): each must be a whole PEM file.`;
}
