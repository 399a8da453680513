/** What does not fit between us and a server where TLS is concerned. */
export type TlsFailure =
  | "untrusted"
  | "other-host"
  | "out-of-date"
  | "no-tls"
  | "wants-certificate"
  | "refuses-certificate";

/** What an error of a connection says about TLS; undefined where it says nothing of it. Looks into its causes, too. */
export function tlsFailureOf(error: unknown): TlsFailure | undefined {
  const { code, cause } = (error ?? {}) as { code?: unknown; cause?: unknown };
  const found = CODES.find(([pattern]) => pattern.test(String(code)))?.[1];
  return found ?? (cause === undefined ? undefined : tlsFailureOf(cause));
}

/** What TLS refuses, after "it can't be reached:", with what to do; undefined where an error is about something else. */
export function tlsFailureText(error: unknown): string | undefined {
  const failure = tlsFailureOf(error);
  return failure && TEXTS[failure];
}

const TEXTS: Readonly<Record<TlsFailure, string>> = {
  untrusted:
    "its certificate is signed by an authority that is not trusted here; write CA_FILE=… into .env, the PEM file of that authority",
  "other-host": "its certificate is for another host",
  "out-of-date": "its certificate has expired or is not valid yet",
  "no-tls": "it does not speak TLS at this port",
  "wants-certificate": "it wants a certificate of ours, which is not supported",
  "refuses-certificate": "it breaks off the TLS handshake",
};

const CODES: readonly (readonly [RegExp, TlsFailure])[] = [
  [/^ERR_TLS_CERT_ALTNAME_(INVALID|FORMAT)$/, "other-host"],
  [/^CERT_(HAS_EXPIRED|NOT_YET_VALID)$/, "out-of-date"],
  [
    /^(UNABLE_TO_(VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT(_LOCALLY)?)|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|CERT_(UNTRUSTED|SIGNATURE_FAILURE|REJECTED|REVOKED)|INVALID_(CA|PURPOSE))$/,
    "untrusted",
  ],
  [/ALERT_CERTIFICATE_REQUIRED$/, "wants-certificate"],
  [
    /ALERT_(BAD_CERTIFICATE|UNKNOWN_CA|CERTIFICATE_(UNKNOWN|EXPIRED|REVOKED)|UNSUPPORTED_CERTIFICATE|ACCESS_DENIED|DECRYPT_ERROR|HANDSHAKE_FAILURE)$/,
    "refuses-certificate",
  ],
  [/^ERR_SSL_(WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST|UNEXPECTED_MESSAGE)$/, "no-tls"],
];
