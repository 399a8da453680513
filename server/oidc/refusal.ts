import { AuthorizationResponseError, ClientError, ResponseBodyError } from "openid-client";
import type { Settings } from "../../core/settings.ts";
import { tlsFailureText } from "../../core/tls/failure.ts";

/** A log-in through the identity provider that came to nothing. The message is for the person on the log-in page. */
export class LoginRefused extends Error {
  override name = "LoginRefused";
}

/** What went wrong with the identity provider, in a sentence with what to do. An error that is no such one stays as it is. */
export function loginRefusalOf(error: unknown, { OIDC_ISSUER = "", OIDC_CLOCK_TOLERANCE }: Settings): unknown {
  if (error instanceof LoginRefused) return error;
  const host = new URL(OIDC_ISSUER).host;
  if (error instanceof AuthorizationResponseError) {
    const why = error.error === "access_denied" ? "did not let you in" : `refused the log-in (${short(error.error)})`;
    const description = error.error_description ? `: ${short(error.error_description)}` : "";
    return new LoginRefused(`${host} ${why}${description}`);
  }
  if (error instanceof ResponseBodyError) {
    const what =
      error.error === "invalid_client" ? "does not know this portal, or its secret is wrong" : "took no code";
    return new LoginRefused(
      `${host} ${what} (${short(error.error)}). Log in again; if that does not help, an administrator looks at OIDC_CLIENT_ID and OIDC_CLIENT_SECRET.`,
    );
  }
  if (error instanceof ClientError) return new LoginRefused(`${sentence(error)} Log in again.`);
  // Node's fetch says only that it failed; its cause says why.
  if (error instanceof TypeError)
    return new LoginRefused(
      `${host} can't be reached (${tlsFailureText(error) ?? codeOf(error)}). Try again later, or log in with a password of the portal.`,
    );
  return error;

  function sentence({ code = "", message, cause }: ClientError): string {
    const { claim } = claimsOf(cause);
    if (code === "OAUTH_JWT_TIMESTAMP_CHECK_FAILED" || claim === "exp" || claim === "iat" || claim === "nbf")
      return `The ID token of ${host} has expired, or is not valid yet: the clocks of the two machines differ by more than ${OIDC_CLOCK_TOLERANCE} s (OIDC_CLOCK_TOLERANCE), or it came late.`;
    if (code === "OAUTH_JWT_CLAIM_COMPARISON_FAILED" || code === "OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED")
      return (
        CLAIMS[claim ?? ""]?.(host) ?? `The answer of ${host} is not the one to this log-in (${claim ?? message}).`
      );
    if (code === "OAUTH_TIMEOUT" || code === "OAUTH_ABORT") return `${host} did not answer in time.`;
    const reason = cause instanceof Error ? cause.message : message;
    return `The answer of ${host} can't be used: ${short(reason)}.`;
  }
}

const CLAIMS: Readonly<Record<string, (host: string) => string>> = {
  nonce: host => `The ID token of ${host} belongs to another log-in (nonce).`,
  aud: host => `The ID token of ${host} is meant for another program (aud), not for this portal (OIDC_CLIENT_ID).`,
  iss: host => `The ID token was not issued by ${host} (iss): look at OIDC_ISSUER.`,
  issuer: host => `${host} calls itself by another name than OIDC_ISSUER.`,
};

// The library wraps its reason once or twice.
function claimsOf(cause: unknown): { claim?: string } {
  for (let at = cause; at && typeof at === "object"; at = (at as { cause?: unknown }).cause) {
    const { claim, attribute } = at as { claim?: unknown; attribute?: unknown };
    if (typeof (claim ?? attribute) === "string") return { claim: String(claim ?? attribute) };
  }
  return {};
}

function codeOf(error: TypeError): string {
  const { code, message } = (error.cause ?? error) as { code?: string; message?: string };
  return code ?? short(message ?? "");
}

function short(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
