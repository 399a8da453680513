import type { Settings } from "../../core/settings.ts";
import { hasKerberos, type KerberosSettings } from "./delegation-tokens.ts";

/** The lines by which a Spark logs in, and takes the metastore for the right one. They name a keytab; none holds a secret. */
export function kerberosConf(
  settings: Partial<KerberosSettings & Pick<Settings, "HIVE_METASTORE_PRINCIPAL">>,
): Record<string, string> {
  const { SPARK_KERBEROS_PRINCIPAL: principal = "", SPARK_KERBEROS_KEYTAB: keytab = "" } = settings;
  const { HIVE_METASTORE_PRINCIPAL: service } = settings;
  return {
    ...(hasKerberos(settings) && { "spark.kerberos.principal": principal, "spark.kerberos.keytab": keytab }),
    ...(service && {
      "spark.hadoop.hive.metastore.sasl.enabled": "true",
      "spark.hadoop.hive.metastore.kerberos.principal": service,
    }),
  };
}

/** By what a client of Hadoop that knows no setting of Spark's logs in, as the one behind the program `yarn`. */
export function kerberosEnvironment(settings: Partial<KerberosSettings>): Record<string, string> {
  const { SPARK_KERBEROS_PRINCIPAL: principal = "", SPARK_KERBEROS_KEYTAB: keytab = "" } = settings;
  return hasKerberos(settings) ? { KRB5PRINCIPAL: principal, KRB5KEYTAB: keytab } : {};
}
