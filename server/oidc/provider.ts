import {
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  type Configuration,
  calculatePKCECodeChallenge,
  clockTolerance,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  None,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from "openid-client";
import { z } from "zod";
import { type Settings, SettingsError } from "../../core/settings.ts";
import { LoginRefused, loginRefusalOf } from "./refusal.ts";

/** What a browser keeps between the start of a log-in and its end: only the one that began it can end it. */
export const loginStartShape = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  next: z.string(),
});
export type LoginStart = z.infer<typeof loginStartShape>;

/** Who somebody is, as the identity provider says. `subject` stays when the name changes. */
export interface Identity {
  subject: string;
  name: string;
  groups: readonly string[];
}

/** The identity provider of OIDC_ISSUER. Its errors are LoginRefused, with a message for the person. */
export interface IdentityProvider {
  /** What people call it. */
  name: string;
  /** Begins a log-in: where the browser goes, and what it keeps meanwhile. */
  begin(redirectUri: string, next: string): Promise<{ url: string; start: LoginStart }>;
  /** Ends it: takes the code of the address that the browser came back to, and checks everything that came with it. */
  finish(address: URL, start: LoginStart): Promise<Identity>;
  /** Where somebody logs out of the provider, too; undefined where it offers none. */
  logoutUrl(back: string): Promise<string | undefined>;
}

// Its addresses and keys are asked for anew after this time.
const DISCOVERED_FOR = 3_600_000;
const PATIENCE_SECONDS = 10;

/** The identity provider of the settings; undefined where none is set. Throws a SettingsError where a line is missing. */
export function identityProvider(settings: Settings, now: () => number = Date.now): IdentityProvider | undefined {
  const { OIDC_ISSUER: issuer, OIDC_CLIENT_ID: clientId } = settings;
  if (!issuer) return undefined;
  if (!clientId) throw new SettingsError("OIDC_ISSUER needs a client: write OIDC_CLIENT_ID=… into .env.");
  if (settings.AUTH === "proxy")
    throw new SettingsError("OIDC_ISSUER and AUTH=proxy exclude each other: take one of them out of .env.");
  const name = settings.OIDC_NAME ?? new URL(issuer).hostname;
  let known: { configuration: Promise<Configuration>; at: number } | undefined;
  return { name, begin, finish, logoutUrl };

  async function begin(redirectUri: string, next: string) {
    const configuration = await configured();
    const start = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier(), next };
    const url = buildAuthorizationUrl(configuration, {
      redirect_uri: redirectUri,
      scope: settings.OIDC_SCOPES,
      state: start.state,
      nonce: start.nonce,
      code_challenge: await calculatePKCECodeChallenge(start.verifier),
      code_challenge_method: "S256",
    });
    return { url: url.href, start };
  }

  async function finish(address: URL, { state, nonce, verifier }: LoginStart): Promise<Identity> {
    const configuration = await configured();
    const tokens = await authorizationCodeGrant(configuration, address, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
    }).catch(error => Promise.reject(loginRefusalOf(error, settings)));
    const claims = tokens.claims();
    if (!claims) throw new LoginRefused(`${name} sent no ID token.`);
    const { OIDC_NAME_CLAIM: nameClaim, OIDC_GROUPS_CLAIM: groupsClaim } = settings;
    const isWhole = nameClaim in claims && groupsClaim in claims;
    const more =
      isWhole || !configuration.serverMetadata().userinfo_endpoint
        ? {}
        : await fetchUserInfo(configuration, tokens.access_token, claims.sub).catch(error =>
            Promise.reject(loginRefusalOf(error, settings)),
          );
    const all: Record<string, unknown> = { ...more, ...claims };
    if (typeof all[nameClaim] !== "string")
      throw new LoginRefused(
        `${name} sent no name: its answer has no claim ${nameClaim}. An administrator sets OIDC_NAME_CLAIM, or OIDC_SCOPES.`,
      );
    return { subject: claims.sub, name: all[nameClaim], groups: textsOf(all[groupsClaim]) };
  }

  async function logoutUrl(back: string): Promise<string | undefined> {
    const configuration = await configured();
    if (!configuration.serverMetadata().end_session_endpoint) return undefined;
    return buildEndSessionUrl(configuration, { post_logout_redirect_uri: back }).href;
  }

  // A provider that could not be reached is asked again by the next person.
  async function configured(): Promise<Configuration> {
    if (!known || now() - known.at > DISCOVERED_FOR)
      known = { configuration: discover(issuer ?? "", clientId ?? "", settings), at: now() };
    try {
      return await known.configuration;
    } catch (error) {
      known = undefined;
      throw loginRefusalOf(error, settings);
    }
  }
}

async function discover(issuer: string, clientId: string, settings: Settings): Promise<Configuration> {
  const { OIDC_CLOCK_TOLERANCE } = settings;
  const secret = settings.OIDC_CLIENT_SECRET;
  const address = new URL(issuer);
  // Tokens that come over TLS need no signature; it is checked all the same.
  const execute = [enableNonRepudiationChecks, ...(address.protocol === "http:" ? [allowInsecureRequests] : [])];
  const metadata = { [clockTolerance]: OIDC_CLOCK_TOLERANCE, ...(secret && { client_secret: secret }) };
  return await discovery(address, clientId, metadata, secret ? undefined : None(), {
    execute,
    timeout: PATIENCE_SECONDS,
  });
}

// Some providers send one group as a text.
function textsOf(groups: unknown): string[] {
  return [groups].flat().filter(group => typeof group === "string");
}
