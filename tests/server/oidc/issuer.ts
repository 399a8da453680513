import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeJwt, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { Provider } from "oidc-provider";

/** An identity provider of a test: the certified `oidc-provider`, whose ID tokens a test may alter before they are signed. */
export interface Issuer {
  url: string;
  /** Who logs in next, and what is said of them. */
  account: { subject: string; name: string; groups: string[] };
  /** Changes the claims of the next ID tokens. */
  alter?: ((claims: JWTPayload) => JWTPayload) | undefined;
  /** Refuses the next log-in as a person would who presses "Cancel". */
  refuses?: boolean;
  /** Signs with a key that the provider does not publish. */
  forges?: boolean;
}

/** Starts an issuer that knows a portal by its address. It ends with the test. */
export async function startIssuer(
  t: { after(end: () => Promise<void>): void },
  { redirectUri, loggedOut, secret }: { redirectUri: string; loggedOut: string; secret: string },
): Promise<Issuer> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer: Issuer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    account: { subject: "248289761001", name: "anna", groups: ["data-engineers"] },
  };
  const forged = (await generateKeyPair("RS256")).privateKey;
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const key = { ...(await exportJWK(privateKey)), kid: "test", alg: "RS256", use: "sig" };
  const provider = new Provider(issuer.url, {
    clients: [
      {
        ...{ client_id: "portal", client_secret: secret, redirect_uris: [redirectUri] },
        ...{ post_logout_redirect_uris: [loggedOut], response_types: ["code"], grant_types: ["authorization_code"] },
      },
    ],
    jwks: { keys: [key as never] },
    cookies: { keys: ["a key of this test"] },
    claims: { openid: ["sub"], profile: ["preferred_username", "groups"], email: [] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    interactions: { url: (_ctx, { uid }) => `/interaction/${uid}` },
    features: { devInteractions: { enabled: false } },
    findAccount: (_ctx, accountId) => ({
      accountId,
      claims: async () => ({ sub: accountId, preferred_username: issuer.account.name, groups: issuer.account.groups }),
    }),
    async loadExistingGrant(ctx) {
      const grant = new ctx.oidc.provider.Grant({ clientId: "portal", accountId: ctx.oidc.session?.accountId ?? "" });
      grant.addOIDCScope("openid profile email");
      await grant.save();
      return grant;
    },
  });
  provider.use(async (ctx, next) => {
    await next();
    const body = ctx.body as { id_token?: string } | undefined;
    if (ctx.path !== "/token" || !body?.id_token || !(issuer.alter || issuer.forges)) return;
    const claims = decodeJwt(body.id_token);
    body.id_token = await new SignJWT(issuer.alter?.(claims) ?? claims)
      .setProtectedHeader({ alg: "RS256", kid: "test" })
      .sign(issuer.forges ? forged : privateKey);
  });
  const callback = provider.callback();
  server.on("request", (request, response) => {
    if (!request.url?.startsWith("/interaction/")) return void callback(request, response);
    const result = issuer.refuses
      ? { error: "access_denied", error_description: "End-User aborted interaction" }
      : { login: { accountId: issuer.account.subject } };
    void provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  });
  t.after(async () => {
    server.closeAllConnections();
    server.close();
  });
  return issuer;
}

/** A browser without a window: keeps cookies by host, and follows where it is sent until an address that is to be seen. */
export function browser() {
  const jars = new Map<string, Map<string, string>>();
  return { go };

  async function go(address: string, isSeen: (url: URL) => boolean = () => false) {
    let url = new URL(address);
    for (let steps = 0; steps < 12; steps += 1) {
      const jar = jars.get(url.host) ?? new Map<string, string>();
      jars.set(url.host, jar);
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join("; ");
      const response = await fetch(url, { redirect: "manual", headers: { cookie, accept: "text/html" } });
      for (const set of response.headers.getSetCookie()) keep(jar, set);
      const to = response.headers.get("location");
      const body = await response.text();
      if (!to || isSeen(new URL(to, url))) return { url: to ? new URL(to, url) : url, status: response.status, body };
      url = new URL(to, url);
    }
    throw new Error(`It never ended: ${url}`);
  }

  function keep(jar: Map<string, string>, set: string) {
    const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(set) ?? [];
    if (value === "" || /max-age=0|expires=thu, 01 jan 1970/i.test(set)) jar.delete(name);
    else jar.set(name, value);
  }
}
