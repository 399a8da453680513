/** Nobody can log in with Kerberos, or gets a token. The message is a sentence for a person, the hint what mends it. */
export class KerberosError extends Error {
  override name = "KerberosError";
  readonly hint: string;
  /** Somebody did not answer: another attempt may do. */
  readonly unavailable: boolean;

  constructor(
    message: string,
    hint: string,
    { unavailable = false, cause }: { unavailable?: boolean; cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.hint = hint;
    this.unavailable = unavailable;
  }
}

type Told = (who: string) => { message: string; hint: string; unavailable?: true };

/** What Java's Kerberos and Hadoop say of a failure, as a person reads it. */
export function kerberosFailure(text: string, who: string): KerberosError {
  const told = FAILURES.find(([pattern]) => pattern.test(text))?.[1];
  if (told) {
    const { message, hint, ...more } = told(who);
    return new KerberosError(message, hint, more);
  }
  const last =
    text
      .split("\n")
      .filter(line => /Caused by:|Exception/.test(line) && !/^\s*at /.test(line))
      .at(-1) ?? "no reason was given";
  const why = last
    .replace(/^.*?(?:Caused by: )?(?:[\w$]+\.)+[\w$]*(?:Exception|Error): /, "")
    .trim()
    .slice(0, 300);
  return new KerberosError(
    `${who} can't get a token by Kerberos: ${why}.`,
    "Look at the log of the service and of the KDC.",
  );
}

const FAILURES: readonly (readonly [RegExp, Told])[] = [
  [
    /PKIX path|unable to find valid certification path|SSLHandshakeException/,
    () => ({
      message: "The certificate of the service is signed by an authority that is not trusted here.",
      hint: "Write CA_FILE=… into .env, the PEM file of that authority.",
    }),
  ],
  [
    /Clock skew too great|\(37\)/,
    () => ({
      message: "The clock of this machine and that of the KDC are too far apart: Kerberos takes no ticket.",
      hint: "Set both by the same time server (timedatectl set-ntp true); they may differ by five minutes.",
    }),
  ],
  [
    /Client not found in Kerberos database|CLIENT_NOT_FOUND/,
    who => ({
      message: `The KDC knows no principal ${who}.`,
      hint: "Correct SPARK_KERBEROS_PRINCIPAL in .env, with its realm.",
    }),
  ],
  [
    /Server not found in Kerberos database/,
    () => ({
      message: "The KDC does not know the principal of the service.",
      hint: "Correct HIVE_METASTORE_PRINCIPAL or the principal in HIVE_SERVER2_URL, and name WEBHDFS_URL, HIVE_METASTORE_URI and HIVE_SERVER2_URL by the full name of their host.",
    }),
  ],
  // Of the JDBC driver over HTTP, which tells no more.
  [
    /Cannot invoke "String\.toCharArray\(\)" because "message" is null/,
    () => ({
      message: "The KDC gives no ticket for HiveServer2.",
      hint: "Correct the principal in HIVE_SERVER2_URL, and name the server by the full name of its host.",
    }),
  ],
  [
    /Checksum failed|Pre-authentication information was invalid|\(24\)|Integrity check on decrypted field/,
    who => ({
      message: `The key of ${who} in the keytab is not the one that the KDC has: somebody has changed it since.`,
      hint: "Have the keytab made anew (ktadd, or ktpass) and put it where SPARK_KERBEROS_KEYTAB says.",
    }),
  ],
  [
    /Unable to obtain password from user|No key to store|Keytab .* does not contain/,
    who => ({
      message: `The keytab has no key of ${who}.`,
      hint: "Correct SPARK_KERBEROS_PRINCIPAL to a principal that `klist -kt` shows of it.",
    }),
  ],
  [
    /Can't get Kerberos realm|krb5\.conf loading failed|Cannot locate default realm|Cannot locate KDC|no supported default etypes/i,
    () => ({
      message: "This machine does not know the Kerberos realm, or where its KDC is.",
      hint: "Put the realm's krb5.conf to /etc/krb5.conf, or name it by KRB5_CONFIG in the environment of the worker.",
    }),
  ],
  [
    /Receive timed out|Read timed out|Connection refused|connect timed out|Cannot contact any KDC|NoRouteToHost|UnknownHost/,
    () => ({
      message: "The KDC or the service behind it does not answer.",
      hint: "See that this machine reaches the KDC that /etc/krb5.conf names, and the service.",
      unavailable: true,
    }),
  ],
  [
    /Ticket expired|TKT_EXPIRED|\(32\)/,
    () => ({
      message: "The Kerberos ticket has expired.",
      hint: "Write SPARK_KERBEROS_PRINCIPAL and SPARK_KERBEROS_KEYTAB into .env, so that it is renewed.",
    }),
  ],
  // Last: of two NameNodes one may be a standby and the other fail in another way.
  [
    /StandbyException/,
    () => ({
      message: "No NameNode of WEBHDFS_URL is active.",
      hint: "Start one, or correct WEBHDFS_URL in .env.",
      unavailable: true,
    }),
  ],
];
