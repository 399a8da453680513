import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { generate } from "selfsigned";

/** A certificate and its key, as PEM files. */
export interface Signed {
  cert: string;
  key: string;
}

/** A certificate authority of a test's own. */
export interface Authority {
  /** Its certificate, as a PEM file. */
  file: string;
  /** Signs a certificate for hosts: names, or addresses of IPv4. */
  sign(hosts: readonly string[], notAfterDate?: Date): Promise<Signed>;
  remove(): void;
}

const DAY = 86_400_000;

/** Makes one, whose files lie in a temporary folder; whoever calls this calls `remove` when all is done. */
export async function makeAuthority(name = "A company's authority"): Promise<Authority> {
  const folder = mkdtempSync(join(tmpdir(), "portal-authority-"));
  const write = (file: string, content: string) => {
    writeFileSync(join(folder, file), content, { mode: 0o600 });
    return join(folder, file);
  };
  const ec = { keyType: "ec", algorithm: "sha256" } as const;
  const own = await generate([{ name: "commonName", value: name }], {
    ...ec,
    notAfterDate: new Date(Date.now() + 10 * DAY),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });
  let number = 0;
  return {
    file: write("ca.pem", own.cert),
    async sign(hosts, notAfterDate = new Date(Date.now() + DAY)) {
      number += 1;
      const made = await generate([{ name: "commonName", value: hosts[0] ?? "client" }], {
        ...ec,
        notBeforeDate: new Date(Math.min(Date.now(), notAfterDate.getTime()) - DAY),
        notAfterDate,
        ca: { key: own.private, cert: own.cert },
        extensions: [
          { name: "basicConstraints", cA: false },
          { name: "keyUsage", digitalSignature: true },
          { name: "extKeyUsage", serverAuth: true, clientAuth: true },
          {
            name: "subjectAltName",
            altNames: hosts.map(host => (/^[\d.]+$/.test(host) ? { type: 7, ip: host } : { type: 2, value: host })),
          },
        ],
      });
      return { cert: write(`${number}.pem`, made.cert), key: write(`${number}.key`, made.private) };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
