import { userInfo } from "node:os";
import { type Settings, SettingsError } from "../../core/settings.ts";

/** What we tell the metastore that we can do: without it, it refuses insert-only tables or hides tables with deletes. */
export const CAPABILITIES = ["HIVEFULLACIDREAD", "HIVEMANAGEDINSERTREAD", "EXTREAD", "HIVEBUCKET2", "HIVESQL"] as const;

/** Where HiveServer2 listens and how it is spoken to. The password is in memory only. */
export interface HiveAddress {
  host: string;
  port: number;
  /** The path of an HTTP server; undefined where Thrift is spoken over TCP. */
  path?: string;
  tls: boolean;
  /** Plain SASL (servers with NONE, LDAP, PAM, CUSTOM) or none of it (servers with NOSASL). */
  sasl: boolean;
  user: string;
  password: string;
  /** `hive/_HOST@REALM` of a server that asks for Kerberos. */
  principal?: string;
}

/**
 * Reads HIVE_SERVER2_URL: the address that JDBC takes, `jdbc:hive2://host:10000/;transportMode=http;httpPath=cliservice`, or
 * `thrift://host:10000` and `https://host:10001/cliservice`. Undefined where none is set; throws a SettingsError.
 */
export function hiveAddress(
  settings: Pick<Settings, "HIVE_SERVER2_URL" | "HIVE_SERVER2_USER" | "HIVE_SERVER2_PASSWORD">,
): HiveAddress | undefined {
  const { HIVE_SERVER2_URL: url, HIVE_SERVER2_USER: user, HIVE_SERVER2_PASSWORD: password } = settings;
  if (!url) return undefined;
  const [, scheme = "", authority = "", rest = ""] =
    /^(jdbc:hive2|hive2|thrift|https?):\/\/([^/;?#]*)([^?#]*)/i.exec(url.trim()) ?? [];
  const kind = scheme.toLowerCase();
  if (!kind) throw wrong("expected jdbc:hive2://host:10000, thrift://host:10000 or https://host:10001/cliservice");
  if (authority.includes("@"))
    throw wrong("name the user in HIVE_SERVER2_USER and the password in HIVE_SERVER2_PASSWORD");
  const [path = "", ...parameters] = rest.split(";");
  const given = new Map(
    parameters.filter(Boolean).map(parameter => {
      const [name = "", ...value] = parameter.split("=");
      return [name.trim().toLowerCase(), value.join("=").trim()];
    }),
  );
  refuseUnknown(given);
  const principal = given.get("principal");
  const http = kind.startsWith("http") || given.get("transportmode")?.toLowerCase() === "http";
  return {
    ...hostAndPort(authority, http),
    ...(http && { path: `/${httpPath(kind, path, given).replace(/^\/+/, "")}` }),
    tls: kind === "https" || given.get("ssl")?.toLowerCase() === "true",
    sasl: given.get("auth")?.toLowerCase() !== "nosasl",
    user: user ?? userInfo().username,
    password: password ?? "anonymous",
    ...(principal && { principal }),
  };
}

function httpPath(kind: string, path: string, given: ReadonlyMap<string, string>): string {
  const own = kind.startsWith("http") ? path.replace(/^\/+$/, "") : "";
  return own || (given.get("httppath") ?? "cliservice");
}

function hostAndPort(authority: string, http: boolean) {
  if (authority.includes(",") || authority === "") throw wrong("name one HiveServer2, host:port");
  const [, host = "", port] = /^(\[[^\]]+\]|[^:]+)(?::(\d{1,5}))?$/.exec(authority) ?? [];
  if (!host || Number(port) > 65_535) throw wrong(`${authority} is no host:port`);
  return { host: host.replace(/^\[|\]$/g, ""), port: Number(port ?? (http ? 10_001 : 10_000)) };
}

function refuseUnknown(given: ReadonlyMap<string, string>): void {
  if (/kerberos/i.test(given.get("auth") ?? "") && !given.get("principal"))
    throw wrong("a HiveServer2 that asks for Kerberos has a principal: write ;principal=hive/_HOST@REALM at its end");
  const protection = given.get("saslqop") ?? given.get("sasl.qop") ?? "auth";
  if (protection.toLowerCase() !== "auth")
    throw wrong(
      `a connection that SASL protects (${protection}) is not spoken here: name a HiveServer2 behind TLS, ssl=true`,
    );
  if (given.has("servicediscoverymode"))
    throw wrong("ZooKeeper is not asked which servers there are: name one HiveServer2, host:port");
  if (given.has("user") || given.has("password"))
    throw wrong("name the user in HIVE_SERVER2_USER and the password in HIVE_SERVER2_PASSWORD");
}

function wrong(why: string): SettingsError {
  return new SettingsError(`HIVE_SERVER2_URL: ${why}. Correct this line in .env.`);
}

/** HiveServer2 can't be asked, or refuses a statement. The message is a sentence for a person. */
export class HiveError extends Error {
  override name = "HiveError";
  readonly hint: string | undefined;
  /** Whether no server answers, so that another attempt may do. */
  readonly unavailable: boolean;

  constructor(message: string, { hint, unavailable = false }: { hint?: string; unavailable?: boolean } = {}) {
    super(message);
    this.hint = hint;
    this.unavailable = unavailable;
  }
}

/** A metastore does not know a call: it is older, or newer, than what is asked of it. */
export class UnknownCall extends HiveError {}
