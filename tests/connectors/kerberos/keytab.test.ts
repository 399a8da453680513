import assert from "node:assert/strict";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { hasKerberos, logIn } from "../../../connectors/kerberos/delegation-tokens.ts";
import { KerberosError, kerberosFailure } from "../../../connectors/kerberos/kerberos-error.ts";
import { checkKeytab, principalsIn } from "../../../connectors/kerberos/keytab.ts";
import { readSettings } from "../../../core/settings.ts";

const folder = mkdtempSync(join(tmpdir(), "portal-keytab-"));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A keytab as MIT's ktadd writes it, of keys that open nothing. */
function keytab(name: string, principals: readonly string[]): string {
  const text = (value: string) => Buffer.concat([short(Buffer.byteLength(value)), Buffer.from(value)]);
  const entries = principals.map(principal => {
    const [path = "", realm = ""] = principal.split("@");
    const parts = path.split("/");
    const key = [Buffer.alloc(9), short(18), short(32), Buffer.alloc(32)];
    const entry = Buffer.concat([short(parts.length), text(realm), ...parts.map(text), ...key]);
    const length = Buffer.alloc(4);
    length.writeInt32BE(entry.length);
    return Buffer.concat([length, entry]);
  });
  // Where a key was removed, a hole stays.
  const hole = Buffer.alloc(4 + 7);
  hole.writeInt32BE(-7);
  const file = join(folder, name);
  writeFileSync(file, Buffer.concat([short(0x0502), hole, ...entries]));
  return file;
}

function short(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

const fails = (run: () => unknown, message: RegExp, hint: RegExp) =>
  assert.throws(run, (error: unknown) => {
    assert.ok(error instanceof KerberosError);
    assert.match(error.message, message);
    assert.match(error.hint, hint);
    return true;
  });

test("the principals of a keytab are read, and one that it lacks is named with those that it has", () => {
  const file = keytab("two.keytab", ["portal@EXAMPLE.COM", "hive/h1.example.com@EXAMPLE.COM"]);
  assert.deepEqual(principalsIn(file), ["portal@EXAMPLE.COM", "hive/h1.example.com@EXAMPLE.COM"]);
  checkKeytab(file, "portal@EXAMPLE.COM");
  checkKeytab(file, "portal");
  fails(() => checkKeytab(file, "ada@EXAMPLE.COM"), /no key of ada@EXAMPLE\.COM; it has portal@/, /PRINCIPAL/);
});

test("a keytab that is missing, cut, something else or closed to us is told as such", { timeout: 20_000 }, () => {
  fails(() => principalsIn(join(folder, "none")), /is not there/, /SPARK_KERBEROS_KEYTAB/);
  const text = join(folder, "text");
  writeFileSync(text, "no keytab");
  fails(() => principalsIn(text), /is no keytab/, /ktadd/);
  const whole = keytab("whole.keytab", ["portal@EXAMPLE.COM"]);
  const cut = join(folder, "cut");
  writeFileSync(cut, Buffer.from("0502000000400001002f45584d", "hex"));
  fails(() => principalsIn(cut), /ends in the middle/, /anew/);
  chmodSync(whole, 0);
  // Root reads everything.
  if (process.getuid?.() !== 0) fails(() => principalsIn(whole), /can't be read \(EACCES\)/, /chmod 400/);
});

test("a principal without its keytab, or the reverse, is a setting that is missing", async () => {
  assert.equal(hasKerberos({}), false);
  assert.throws(() => hasKerberos({ SPARK_KERBEROS_PRINCIPAL: "portal" }), /belong together/);
  const settings = { ...readSettings({}, "/nowhere/.env"), SPARK_KERBEROS_PRINCIPAL: "portal" };
  await assert.rejects(logIn(settings), /belong together/);
});

test("what Java says of a login that fails becomes a sentence and its remedy", () => {
  const facts: [said: string, message: RegExp, hint: RegExp][] = [
    ["KrbException: Clock skew too great (37)", /clock of this machine/, /set-ntp/],
    ["KrbException: Client not found in Kerberos database (6)", /knows no principal ada/, /SPARK_KERBEROS_PRINCIPAL/],
    ["KrbException: Checksum failed", /key of ada in the keytab is not the one/, /made anew/],
    ["KrbException: Ticket expired (32)", /ticket has expired/, /SPARK_KERBEROS_KEYTAB/],
    ["java.lang.IllegalArgumentException: Can't get Kerberos realm", /does not know the Kerberos realm/, /krb5\.conf/],
    ["java.net.ConnectException: Connection refused", /does not answer/, /reaches the KDC/],
    ["Caused by: a.b.OddException: something else", /can't get a token by Kerberos: something else/, /log of the/],
  ];
  for (const [said, message, hint] of facts) {
    const failure = kerberosFailure(said, "ada");
    assert.match(failure.message, message);
    assert.match(failure.hint, hint);
  }
});
