import { existsSync, mkdirSync, openSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { until } from "../../../bench/measuring/cluster.ts";
import { answers, freePort } from "../../../laptop/ports.ts";

/** The realm of the tests. */
export const REALM = "PORTAL.TEST";

const PATHS = `${process.env.PATH}:/usr/sbin:/sbin`;

/** Whether MIT's programs are on this machine: tests that need them are skipped where they are not. */
export const kerberosPrograms = { skip: missing() };

function missing(): string | false {
  const folders = PATHS.split(":");
  const wanted = ["krb5kdc", "kdb5_util", "kadmin.local", "kinit", "faketime", "openssl"];
  const lacking = wanted.filter(name => !folders.some(path => existsSync(join(path, name))));
  const install = "apt-get install krb5-kdc krb5-admin-server krb5-user faketime openssl";
  return lacking.length > 0 && `There is no ${lacking.join(", ")} here: install it (Debian: ${install}).`;
}

/** MIT's KDC on this machine, with its principals in one keytab each. */
export interface Kdc {
  /** The krb5.conf of its realm. */
  conf: string;
  /** Makes principals of the realm, and gives the keytab that has all of them. */
  keytab(name: string, principals: readonly string[]): Promise<string>;
  /** Runs a program of MIT's against this realm. */
  run(program: string, args: readonly string[]): Promise<string>;
  /** The same KDC once more, by whose clock it is an hour later. */
  inAnHour(): Promise<{ conf: string; stop(): Promise<void> }>;
  stop(): Promise<void>;
}

/** Starts one of Debian's packages krb5-kdc and krb5-admin-server; its files lie below `folder`. */
export async function startKdc(folder: string): Promise<Kdc> {
  mkdirSync(folder, { recursive: true });
  const port = await freePort(0);
  const conf = join(folder, "krb5.conf");
  writeFileSync(conf, krb5Conf(folder, port));
  writeFileSync(join(folder, "kdc.conf"), kdcConf(folder, port));
  const env = {
    PATH: PATHS,
    KRB5_CONFIG: conf,
    KRB5_KDC_PROFILE: join(folder, "kdc.conf"),
    KRB5CCNAME: `FILE:${join(folder, "cache")}`,
  };
  const run = async (program: string, args: readonly string[]) =>
    (await execa(program, [...args], { env, extendEnv: false })).stdout;
  await run("kdb5_util", ["create", "-s", "-r", REALM, "-P", "of-a-test"]);
  const log = openSync(join(folder, "kdc.out"), "a", 0o600) as 3;
  const start = async (program: string, args: string[], at: number, more: Record<string, string> = {}) => {
    const all = { ...env, ...more };
    // faketime starts it as a process of its own: the group ends with it.
    const started = execa(program, args, {
      ...{ env: all, extendEnv: false, reject: false, stdio: ["ignore", log, log], detached: true },
    });
    await until(async () => await answers(at), 60_000);
    return async () => {
      process.kill(-(started.pid ?? 0), "SIGTERM");
      await started;
    };
  };
  const stop = await start("krb5kdc", ["-n"], port);
  return {
    ...{ conf, run },
    async keytab(name, principals) {
      const file = join(folder, `${name}.keytab`);
      for (const principal of principals)
        await run("kadmin.local", ["-q", `addprinc -randkey +requires_preauth ${principal}`]);
      await run("kadmin.local", ["-q", `ktadd -k ${file} ${principals.join(" ")}`]);
      return file;
    },
    async inAnHour() {
      const later = await freePort(0);
      const profile = join(folder, "later-kdc.conf");
      writeFileSync(profile, kdcConf(folder, later));
      const file = join(folder, "later-krb5.conf");
      writeFileSync(file, krb5Conf(folder, later));
      const preloaded = { KRB5_KDC_PROFILE: profile, KRB5_CONFIG: file };
      return { conf: file, stop: await start("faketime", ["-f", "+1h", "krb5kdc", "-n"], later, preloaded) };
    },
    stop,
  };
}

function krb5Conf(folder: string, port: number): string {
  return `[libdefaults]
  default_realm = ${REALM}
  dns_lookup_kdc = false
  dns_lookup_realm = false
  dns_canonicalize_hostname = false
  rdns = false
  udp_preference_limit = 1
[realms]
  ${REALM} = {
    kdc = 127.0.0.1:${port}
  }
[domain_realm]
  localhost = ${REALM}
[logging]
  kdc = FILE:${join(folder, "kdc.log")}
`;
}

function kdcConf(folder: string, port: number): string {
  return `[kdcdefaults]
  kdc_listen = 127.0.0.1:${port}
  kdc_tcp_listen = 127.0.0.1:${port}
[realms]
  ${REALM} = {
    database_name = ${join(folder, "principal")}
    key_stash_file = ${join(folder, "stash")}
    acl_file = ${join(folder, "acl")}
    supported_enctypes = aes256-cts:normal
  }
`;
}

/** What a Java of this realm is started with. */
export function kerberosOptions({ conf }: Pick<Kdc, "conf">): string[] {
  return [`-Djava.security.krb5.conf=${conf}`];
}
