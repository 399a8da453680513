import { readFileSync } from "node:fs";
import { KerberosError } from "./kerberos-error.ts";

/** The principals whose keys a keytab holds. Throws a KerberosError where it can't be read, or is none. */
export function principalsIn(file: string): string[] {
  const bytes = read(file);
  if (bytes.length < 2 || bytes.readUInt16BE() !== 0x0502)
    throw new KerberosError(
      `${file} is no keytab.`,
      "Name the file that ktadd or ktpass made as SPARK_KERBEROS_KEYTAB.",
    );
  const found = new Set<string>();
  try {
    for (let at = 2; at + 4 <= bytes.length; ) {
      const length = bytes.readInt32BE(at);
      at += 4;
      // A hole, where an entry was removed.
      if (length > 0) found.add(principalAt(bytes, at));
      if (length === 0) break;
      at += Math.abs(length);
    }
  } catch (error) {
    if (error instanceof RangeError)
      throw new KerberosError(`${file} ends in the middle of a key.`, "Copy the keytab anew: it was cut.", {
        cause: error,
      });
    throw error;
  }
  return [...found];
}

/** Throws a KerberosError where a keytab has no key of a principal. A principal without a realm is of the default one. */
export function checkKeytab(file: string, principal: string): void {
  const held = principalsIn(file);
  if (held.some(name => name === principal || name.startsWith(`${principal}@`))) return;
  throw new KerberosError(
    `${file} has no key of ${principal}; it has ${held.slice(0, 5).join(", ") || "none at all"}.`,
    "Correct SPARK_KERBEROS_PRINCIPAL in .env, or have a keytab made for it.",
  );
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "is not there" : `can't be read (${code})`;
    throw new KerberosError(
      `The keytab ${file} ${why}.`,
      code === "EACCES"
        ? "Let the worker's user read it, and nobody else: chown that user, chmod 400."
        : "Correct SPARK_KERBEROS_KEYTAB in .env.",
      { cause: error },
    );
  }
}

function principalAt(bytes: Buffer, start: number): string {
  let at = start + 2;
  const text = () => {
    const length = bytes.readUInt16BE(at);
    at += 2 + length;
    if (at > bytes.length) throw new RangeError("cut");
    return bytes.toString("utf8", at - length, at);
  };
  const parts = bytes.readUInt16BE(start);
  const realm = text();
  return `${Array.from({ length: parts }, text).join("/")}@${realm}`;
}
