import { readFileSync } from "node:fs";
import { getCACertificates, setDefaultCACertificates } from "node:tls";
import { type Settings, SettingsError } from "../settings.ts";

/**
 * Trusts the authorities of CA_FILE beside those that Node knows, in every connection that this process makes from now on. Each
 * process that reads settings calls it first. Throws a SettingsError.
 */
export function trustAuthorities({ CA_FILE }: Pick<Settings, "CA_FILE">): void {
  if (!CA_FILE) return;
  // A Node 24 of the machine's own may be older than this; the project's is not.
  if (typeof setDefaultCACertificates !== "function")
    throw new SettingsError(`CA_FILE needs Node 24.5 or newer, and this is ${process.version}. Update Node.`);
  const certificates = certificatesOf(CA_FILE);
  try {
    setDefaultCACertificates([...getCACertificates("default"), ...certificates]);
  } catch (error) {
    throw new SettingsError(
      `CA_FILE: ${CA_FILE} holds a certificate that can't be read (${(error as Error).message}).`,
    );
  }
}

function certificatesOf(file: string): string[] {
  let pem: string;
  try {
    pem = readFileSync(file, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new SettingsError(`CA_FILE: ${file} can't be read (${code}). Correct the path, or who may read it.`);
  }
  const found = pem.match(/-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g);
  if (found) return found;
  throw new SettingsError(
    `CA_FILE: ${file} holds no certificate: it must be a PEM file, with -----BEGIN CERTIFICATE-----.`,
  );
}
