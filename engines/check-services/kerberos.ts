import { hasKerberos, logIn } from "../../connectors/kerberos/delegation-tokens.ts";
import type { Settings } from "../../core/settings.ts";
import type { Check } from "./service-check.ts";

/** Looks at Kerberos, where a principal or a keytab is set: whether the keytab is readable and the KDC lets the principal in. */
export function kerberosChecks(settings: Settings): Check[] {
  const { SPARK_KERBEROS_PRINCIPAL: principal, SPARK_KERBEROS_KEYTAB: keytab } = settings;
  if (!principal && !keytab) return [];
  return [
    {
      name: "kerberos",
      async run() {
        hasKerberos(settings);
        await logIn(settings);
        return [`${principal} logs in by ${keytab}`];
      },
    },
  ];
}
