import { type AuditAction, type AuditContext, recordAuditEvent } from "../../core/audit/audit-events.ts";
import { parseJson } from "../../core/jobs/parse/json.ts";
import { PERSON_NAME, type Person } from "../../core/people/roles.ts";
import { SettingsError } from "../../core/settings.ts";
import type { RequestContext, Route, RouteResult } from "../../engines/portal/page.ts";
import { type AuthServices, takeLoginStart } from "../http/authenticate.ts";
import { deviceOf, loginPage } from "../http/login.ts";
import { localAddress } from "../http/names.ts";
import { ownAddress } from "../http/same-origin.ts";
import { type GroupRole, parseGroupRoles, roleOfGroups } from "./group-roles.ts";
import { type Identity, type IdentityProvider, identityProvider, loginStartShape } from "./provider.ts";
import { LoginRefused } from "./refusal.ts";

/** The way in through an identity provider (OpenID Connect); no routes where none is set. */
export function oidcRoutes(auth: AuthServices): Route[] {
  const provider = identityProvider(auth.settings);
  const rules = parseGroupRoles(auth.settings.OIDC_ROLES ?? "");
  if (provider && rules.length === 0)
    throw new SettingsError("OIDC_ISSUER needs roles: write OIDC_ROLES=data-engineers=operator; *=viewer into .env.");
  const answer = (work: (request: RequestContext, provider: IdentityProvider) => Promise<RouteResult>) => {
    return async (request: RequestContext): Promise<RouteResult> => {
      if (!provider) return loginPage(request, auth, "This portal knows no identity provider (OIDC_ISSUER).");
      try {
        return await work(request, provider);
      } catch (error) {
        if (error instanceof LoginRefused) return loginPage(request, auth, error.message);
        throw error;
      }
    };
  };
  return [
    { method: "get", path: "/login/oidc", role: "anyone", answer: answer(begin) },
    {
      method: "get",
      path: "/login/oidc/callback",
      role: "anyone",
      answer: answer((request, known) => finish(request, known, auth, rules)),
    },
    { method: "get", path: "/login/oidc/logout", role: "anyone", answer: answer(logOut) },
  ];
}

async function begin(request: RequestContext, provider: IdentityProvider): Promise<RouteResult> {
  const next = localAddress(request.query.get("next"));
  const { url, start } = await provider.begin(callbackOf(request), next);
  return { kind: "redirect", to: url, login: Buffer.from(JSON.stringify(start)).toString("base64url") };
}

async function finish(
  request: RequestContext,
  provider: IdentityProvider,
  auth: AuthServices,
  rules: readonly GroupRole[],
): Promise<RouteResult> {
  const start = loginStartShape.safeParse(parsed(takeLoginStart(auth.settings, request.header("cookie")))).data;
  if (!start || start.state !== request.query.get("state"))
    throw new LoginRefused("This log-in was not begun in this browser, or took longer than ten minutes. Begin again.");
  const address = new URL(callbackOf(request));
  address.search = request.query.toString();
  const identity = await provider.finish(address, start);
  const person = personOf(request, identity, provider, auth, rules);
  record(request, { by: person.name, role: person.role }, { what: "log in", detail: `by ${provider.name}` });
  const session = auth.sessions.start(person.name, { ...deviceOf(request), by: "oidc" });
  return { kind: "redirect", to: localAddress(start.next), session, login: null };
}

// Groups decide at each log-in: a role that was changed on the page Users lasts until then.
function personOf(
  request: RequestContext,
  { subject, name, groups }: Identity,
  provider: IdentityProvider,
  { people, settings }: AuthServices,
  rules: readonly GroupRole[],
): Person {
  const identity = `${settings.OIDC_ISSUER} ${subject}`;
  const known = people.byIdentity(identity);
  const refused = (detail: string, message: string) => {
    record(request, { by: known?.name ?? "unknown" }, { what: "failed log in", detail });
    return new LoginRefused(message);
  };
  const role = roleOfGroups(groups, rules);
  if (known?.disabled) throw refused("disabled", `${known.name} is disabled here. An administrator can change that.`);
  if (!role) {
    if (known) people.endAccess(known.name);
    throw refused(
      "in no group that may come in",
      `${provider.name} knows you as ${name.slice(0, 80)}, but none of your groups may use this portal. An administrator can change that (OIDC_ROLES).`,
    );
  }
  if (known) {
    if (known.role === role) return known;
    people.setRole(known.name, role);
    const detail = `${known.role} to ${role}, by groups`;
    record(request, { by: known.name, role }, { what: "role", about: known.name, detail });
    return { name: known.name, role };
  }
  if (!PERSON_NAME.test(name))
    throw refused(
      "a name that can't be one here",
      `${provider.name} calls you ${name.slice(0, 80)}; a name here has letters, digits and . _ @ - only. An administrator sets OIDC_NAME_CLAIM.`,
    );
  // The provider's names are not the portal's: whoever is called like a person here is not that person for it.
  if (people.get(name))
    throw refused(
      "a name that is taken",
      `There is another ${name} here already. If that is you, an administrator runs: npm run people -- connect ${name} ${subject}`,
    );
  people.add(name, role);
  people.connect(name, identity);
  record(request, { by: name, role }, { what: "person", about: name, detail: `added as ${role}, by groups` });
  return { name, role };
}

async function logOut(request: RequestContext, provider: IdentityProvider): Promise<RouteResult> {
  const url = await provider.logoutUrl(`${ownAddress(request)}/login`);
  return { kind: "redirect", to: url ?? "/login" };
}

function callbackOf(request: RequestContext): string {
  return `${ownAddress(request)}/login/oidc/callback`;
}

function parsed(kept: string | undefined): unknown {
  try {
    return parseJson(Buffer.from(kept ?? "", "base64url").toString());
  } catch {
    return undefined;
  }
}

function record(
  { portal, address, via }: RequestContext,
  who: Pick<AuditContext, "by" | "role">,
  action: AuditAction,
): void {
  recordAuditEvent({ layout: portal.layout, from: address, via, ...who }, action);
}
