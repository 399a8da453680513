import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { openHdfs } from "../../../connectors/hdfs/webhdfs.ts";
import { HiveError } from "../../../connectors/hive/address.ts";
import { openHive } from "../../../connectors/hive/server2.ts";
import { delegationToken } from "../../../connectors/kerberos/delegation-tokens.ts";
import { readSettings, type Settings } from "../../../core/settings.ts";
import { hiveChecks } from "../../../engines/check-services/hive.ts";
import { runCheck } from "../../../engines/check-services/service-check.ts";
import { type ServerWays, startServer2 } from "../../connectors/hive/server2.ts";
import { startTwoNameNodes, type TwoNameNodes } from "./hdfs.ts";
import { type Kdc, kerberosOptions, kerberosPrograms, REALM, startKdc } from "./kdc.ts";

const folder = mkdtempSync(join(tmpdir(), "portal-kerberos-clients-"));
const ends: (() => void | Promise<void>)[] = [];
const later = { after: (end: () => void | Promise<void>) => void ends.unshift(end) };
let kdc: Kdc;
let services: string;
let own: Record<string, string>;

before(async () => {
  if (kerberosPrograms.skip) return;
  kdc = await startKdc(join(folder, "kdc"));
  later.after(() => kdc.stop());
  process.env.KRB5_CONFIG = kdc.conf;
  services = await kdc.keytab("services", ["hdfs/localhost", "HTTP/localhost", "hive/localhost"]);
  const keytab = await kdc.keytab("portal", ["portal"]);
  own = { SPARK_KERBEROS_PRINCIPAL: `portal@${REALM}`, SPARK_KERBEROS_KEYTAB: keytab };
});

after(async () => {
  for (const end of ends) await end();
  rmSync(folder, { recursive: true, force: true });
});

test(
  "of two NameNodes the active one gives the token, and a standby that does not know it leads to the other",
  kerberosPrograms,
  async () => {
    const others = await kdc.keytab("other", ["other"]);
    const nodes: TwoNameNodes = await startTwoNameNodes(join(folder, "hdfs"), kdc, services);
    try {
      const settings = readSettings({ ...process.env, ...own, WEBHDFS_URL: nodes.webs.join(",") });
      const names = async () => (await openHdfs(settings).list("/scripts")).map(({ name }) => name);
      const token = (how?: "again") => delegationToken(settings, { kind: "hdfs", address: nodes.webs.join(",") }, how);
      await openHdfs(settings).create("/scripts/one.py", Buffer.from("1\n"));
      const first = await token();
      await nodes.activate(1);
      await openHdfs(settings).create("/scripts/two.py", Buffer.from("2\n"));
      assert.deepEqual(await names(), ["one.py", "two.py"]);
      assert.equal(await token(), first, "both know it");
      await nodes.activate(0);
      assert.equal((await names()).length, 2);
      await nodes.activate(1);
      // Asked of the first one, which is a standby; that one is asked first, and hears of tokens later.
      const second = await token("again");
      assert.notEqual(second, first);
      assert.deepEqual(await names(), ["one.py", "two.py"]);
      assert.equal(await token(), second, "none was asked for once more");
      // Nobody has a token of this one yet, and the first that is asked for it is a standby.
      const other = { ...settings, SPARK_KERBEROS_PRINCIPAL: `other@${REALM}`, SPARK_KERBEROS_KEYTAB: others };
      assert.equal((await openHdfs(other).list("/scripts")).length, 2);
    } finally {
      await nodes.stop();
    }
  },
);

test(
  "HiveServer2 lets in by a delegation token, over TCP and HTTP, and by another where it has forgotten that one",
  kerberosPrograms,
  async t => {
    const principal = `hive/localhost@${REALM}`;
    const ways: ServerWays = {
      java: kerberosOptions(kdc),
      more: {
        "hadoop.security.authentication": "kerberos",
        "hive.server2.authentication": "KERBEROS",
        "hive.server2.authentication.kerberos.principal": principal,
        "hive.server2.authentication.kerberos.keytab": services,
        // It asks for tokens of its file system, and tells who may renew them.
        "yarn.resourcemanager.principal": `yarn/localhost@${REALM}`,
        "hadoop.proxyuser.hive.users": "*",
        "hadoop.proxyuser.hive.hosts": "*",
      },
    };
    for (const http of [false, true]) {
      const { port, end } = await startServer2(t, { ...ways, http });
      const mode = http ? "transportMode=http;httpPath=cliservice;" : "";
      const url = `jdbc:hive2://localhost:${port}/;${mode}principal=hive/_HOST@${REALM}`;
      const settings = readSettings({ ...process.env, ...own, HIVE_SERVER2_URL: url });
      assert.deepEqual(await answer(settings), [{ who: "portal" }]);
      await end();
      const again = await startServer2(t, { ...ways, http, port });
      assert.deepEqual(await answer(settings), [{ who: "portal" }]);
      const [check] = hiveChecks(settings);
      const found = check && (await runCheck(check));
      assert.ok(found?.outcome === "succeeded", JSON.stringify(found));
      assert.match(found.notes[0] ?? "", /as portal@PORTAL\.TEST$/);
      const without = { ...settings, SPARK_KERBEROS_PRINCIPAL: undefined, SPARK_KERBEROS_KEYTAB: undefined };
      await assert.rejects(openHive(without), /HiveServer2 asks for Kerberos, and no keytab is set/);
      const words = http ? /The KDC gives no ticket for HiveServer2/ : /The KDC does not know the principal/;
      const wrong = { ...settings, HIVE_SERVER2_URL: url.replace("hive/_HOST", "nobody/_HOST") };
      await assert.rejects(
        openHive(wrong),
        (error: unknown) => error instanceof HiveError && words.test(error.message),
      );
      await again.end();
    }
  },
);

async function answer(settings: Settings): Promise<Record<string, string | null>[]> {
  const hive = await openHive(settings);
  try {
    return await hive.query("select logged_in_user() as who");
  } finally {
    await hive.close();
  }
}
