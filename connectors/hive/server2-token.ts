import type { Socket } from "node:net";
import type { HiveClient } from "hive-driver";
import type { Settings } from "../../core/settings.ts";
import { delegationToken, hasKerberos } from "../kerberos/delegation-tokens.ts";
import { KerberosError } from "../kerberos/kerberos-error.ts";
import { type HiveAddress, HiveError } from "./address.ts";
import type { DelegationToken } from "./sasl/digest.ts";
import { showToken } from "./sasl/sasl.ts";

/** A token of HiveServer2; over HTTP it is shown as `header`. */
export interface ServerToken extends DelegationToken {
  header: string;
}

type Authentication = NonNullable<Parameters<HiveClient["connect"]>[2]>;

/** A token of a server that asks for Kerberos; `again` where it does not know the one before. Throws a HiveError. */
export async function serverToken(settings: Settings, address: HiveAddress, how?: "again"): Promise<ServerToken> {
  if (!hasKerberos(settings))
    throw new HiveError("HiveServer2 asks for Kerberos, and no keytab is set.", {
      hint: "Write SPARK_KERBEROS_PRINCIPAL=… and SPARK_KERBEROS_KEYTAB=… into .env, by which the portal logs in.",
    });
  const service = { kind: "server2", address: jdbcAddress(address), ca: settings.HIVE_SERVER2_CA_FILE } as const;
  try {
    const [identifier = "", password = "", header = ""] = (await delegationToken(settings, service, how)).split(" ");
    return { service: "HiveServer2", identifier, password, header };
  } catch (error) {
    if (!(error instanceof KerberosError)) throw error;
    throw new HiveError(error.message, { hint: error.hint, unavailable: /not answer|no answer/.test(error.message) });
  }
}

/** Shows a token where Thrift is spoken over TCP. */
export function tokenInSasl(token: ServerToken): Authentication {
  return {
    async authenticate(transport) {
      transport.connect();
      const lost = Promise.withResolvers<never>();
      lost.promise.catch(() => undefined); // later it is the connection that tells
      transport.addListener("error", lost.reject);
      const within = <T>(promise: Promise<T>) => Promise.race([promise, lost.promise]);
      await within(new Promise<void>(done => transport.addListener("connect", done)));
      await showToken(transport.getTransport() as Socket, token, within);
      return transport;
    },
  };
}

/** Shows a token with every request over HTTP. */
export function tokenInHeader({ header }: ServerToken): Authentication {
  return {
    async authenticate(transport) {
      transport.setOptions("headers", { "X-Hive-Delegation-Token": header });
      return transport;
    },
  };
}

function jdbcAddress({ host, port, path, tls, principal }: HiveAddress): string {
  const parts = [
    `principal=${principal}`,
    ...(tls ? ["ssl=true"] : []),
    ...(path === undefined ? [] : ["transportMode=http", `httpPath=${path.replace(/^\//, "")}`]),
  ];
  return `jdbc:hive2://${host}:${port}/;${parts.join(";")}`;
}
