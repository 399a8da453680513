import { join } from "node:path";
import { type Settings, SettingsError } from "../../core/settings.ts";
import { javaOptions, krb5Option } from "../spark/server/java.ts";
import { KerberosError, kerberosFailure } from "./kerberos-error.ts";
import { checkKeytab } from "./keytab.ts";

/** Settings by which somebody logs in with Kerberos. */
export type KerberosSettings = Pick<
  Settings,
  "SPARK_KERBEROS_PRINCIPAL" | "SPARK_KERBEROS_KEYTAB" | "HADOOP_CONF_DIR" | "SPARK_HOME" | "CACHE_DIR"
> &
  Partial<Pick<Settings, "CA_FILE">>;

/**
 * Whose token is wanted: WebHDFS at an address, or two with a comma between them; a metastore, which has a principal of its own;
 * HiveServer2, whose address for JDBC names its principal. `ca` is the file of an authority that it alone is known by.
 */
export type TokenService =
  | { kind: "hdfs"; address: string }
  | { kind: "metastore"; address: string; principal: string }
  | { kind: "server2"; address: string; ca?: string | undefined };

// They are good for a day at least, and for a week if somebody renews them: a new one is asked for instead.
const USED_FOR = 6 * 3_600_000;
const WITHIN = 90_000;

interface Kept {
  token: Promise<string>;
  until: number;
}

const kept = new Map<string, Kept>();

/** Whether the settings name a principal and its keytab. Throws a SettingsError where they name one of the two. */
export function hasKerberos({
  SPARK_KERBEROS_PRINCIPAL: principal,
  SPARK_KERBEROS_KEYTAB: keytab,
}: Partial<KerberosSettings>): boolean {
  if ((principal === undefined) !== (keytab === undefined))
    throw new SettingsError(
      "SPARK_KERBEROS_PRINCIPAL and SPARK_KERBEROS_KEYTAB belong together: write both into .env, or none.",
    );
  return principal !== undefined;
}

/**
 * A token of a service, which a client without Kerberos shows. It stays in memory; `again` asks for another, where the service
 * does not know this one any more. A Java logs in by the keytab for it. Throws a KerberosError.
 */
export async function delegationToken(
  settings: KerberosSettings,
  service: TokenService,
  how?: "again",
): Promise<string> {
  const key = JSON.stringify([settings.SPARK_KERBEROS_PRINCIPAL, settings.SPARK_KERBEROS_KEYTAB, service]);
  const found = kept.get(key);
  if (found && found.until > Date.now() && !how) return await found.token;
  const ca = (service.kind === "server2" && service.ca) || settings.CA_FILE;
  const wanted = [
    ...(ca ? ["trust", ca] : []),
    ...[service.kind, service.address],
    ...(service.kind === "metastore" ? [service.principal] : []),
  ];
  const token = logIn(settings, wanted).then(([line]) => line ?? "");
  kept.set(key, { token, until: Date.now() + USED_FOR });
  token.catch(() => kept.delete(key));
  return await token;
}

/** Logs in by the keytab, and gives the tokens of what is wanted. Throws a KerberosError. */
export async function logIn(settings: KerberosSettings, wanted: readonly string[] = []): Promise<string[]> {
  if (!hasKerberos(settings)) throw new SettingsError("SPARK_KERBEROS_PRINCIPAL is not set: write it into .env.");
  const {
    SPARK_KERBEROS_PRINCIPAL: principal = "",
    SPARK_KERBEROS_KEYTAB: keytab = "",
    HADOOP_CONF_DIR: conf,
  } = settings;
  checkKeytab(keytab, principal);
  // Every engine loads this file, and few of them log in.
  const [{ execa }, { findInstalled }] = await Promise.all([import("execa"), import("../../core/installed.ts")]);
  const { sparkHome, java } = await findInstalled(settings);
  const classPath = [...(conf ? [conf] : []), join(sparkHome, "jars", "*")].join(":");
  const options = javaOptions({
    "spark.driver.memory": "256m",
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1",
  });
  const main = [
    "org.codehaus.janino.SimpleCompiler",
    join(import.meta.dirname, "DelegationTokens.java"),
    "DelegationTokens",
  ];
  const { stdout, stderr, exitCode, timedOut } = await execa(
    java,
    [...options, ...krb5Option(process.env), "-cp", classPath, ...main, principal, keytab, ...wanted],
    { reject: false, timeout: WITHIN, stdin: "ignore", extendEnv: false, env: environment() },
  );
  if (timedOut)
    throw new KerberosError(
      `${principal} got no answer from the KDC or the service within ${WITHIN / 1000} s.`,
      "See that this machine reaches them.",
      { unavailable: true },
    );
  if (exitCode !== 0 || !stdout.includes("LOGGED-IN")) throw kerberosFailure(`${stderr}\n${stdout}`, principal);
  return stdout.split("\n").flatMap(line => (line.startsWith("TOKEN ") ? [line.slice("TOKEN ".length).trim()] : []));
}

// None of the portal's settings, of which some are secrets.
function environment(): NodeJS.ProcessEnv {
  const names = ["PATH", "HOME", "USER", "LANG", "TZ", "TMPDIR", "KRB5_CONFIG"];
  return Object.fromEntries(names.flatMap(name => (process.env[name] ? [[name, process.env[name]]] : [])));
}
