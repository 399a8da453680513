import assert from "node:assert/strict";
import { createServer } from "node:net";
import { type TestContext, test } from "node:test";
import { readAuditEvents } from "../../../core/audit/audit-events.ts";
import { startPortal, type TestPortal } from "../portal.ts";
import { browser, type Issuer, startIssuer } from "./issuer.ts";

const SECRET = "a secret of the client, long enough";
const ROLES = "data-admins=administrator; CN=Engineers,OU=Groups=operator; data-engineers=operator; guests=viewer";

interface Setup {
  portal: TestPortal;
  issuer: Issuer;
  /** Logs in with a new browser: the text of the page where it ends. */
  logIn(): Promise<{ text: string; path: string }>;
}

// The issuer must know the portal's address, and the portal the issuer's: the portal's port is chosen first.
async function setUp(t: TestContext, environment: Record<string, string> = {}): Promise<Setup> {
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const issuer = await startIssuer(t, {
    redirectUri: `${origin}/login/oidc/callback`,
    loggedOut: `${origin}/login`,
    secret: SECRET,
  });
  const portal = await startPortal(t, {
    role: "nobody",
    port,
    environment: {
      ...{ OIDC_ISSUER: issuer.url, OIDC_CLIENT_ID: "portal", OIDC_CLIENT_SECRET: SECRET, OIDC_ROLES: ROLES },
      ...{ OIDC_NAME: "Example", ...environment },
    },
  });
  const logIn = async () => {
    const { url, body } = await browser().go(`${portal.url}/login/oidc?next=/account`);
    return {
      path: url.pathname,
      text: body
        .replace(/<[^>]+>/g, " ")
        .replace(/&#39;/g, "'")
        .replace(/\s+/g, " "),
    };
  };
  return { portal, issuer, logIn };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise(done => server.once("listening", done));
  const { port } = server.address() as { port: number };
  await new Promise(done => server.close(done));
  return port;
}

const events = ({ layout }: TestPortal) => readAuditEvents(layout).map(({ what, by, detail }) => [what, by, detail]);

test("a person who comes the first time is made with the role of their groups, and comes back as the same", async t => {
  const { portal, issuer, logIn } = await setUp(t);
  assert.match((await portal.get("/login")).text, /Log in with Example/);
  const first = await logIn();
  assert.equal(first.path, "/account");
  assert.match(first.text, /anna, operator/);
  assert.deepEqual(events(portal), [
    ["log in", "anna", "by Example"],
    ["person", "anna", "added as operator, by groups"],
  ]);
  issuer.account.name = "anna.smith";
  assert.match((await logIn()).text, /anna, operator/);
  assert.deepEqual(
    portal.auth.people.all().map(({ name }) => name),
    ["anna"],
  );
});

test("a group that is removed takes its role at the next log-in, and the last one all access", async t => {
  const { portal, issuer, logIn } = await setUp(t);
  issuer.account.groups = ["guests", "data-admins"];
  assert.match((await logIn()).text, /anna, administrator/);
  const token = portal.auth.tokens.make("anna", "script");
  issuer.account.groups = ["CN=Engineers,OU=Groups"];
  assert.match((await logIn()).text, /anna, operator/);
  assert.equal(portal.auth.tokens.person(token), undefined);
  const left = portal.auth.tokens.make("anna", "script");
  issuer.account.groups = ["somebody else's"];
  const refused = await logIn();
  assert.match(refused.text, /Example knows you as anna, but none of your groups may use this portal\./);
  assert.equal(portal.auth.tokens.person(left), undefined);
  assert.deepEqual(portal.auth.sessions.list("anna"), []);
  assert.deepEqual(events(portal)[0], ["failed log in", "anna", "in no group that may come in"]);
});

test("a name that is taken here is not given away; the command that is told connects the two", async t => {
  const { portal, issuer, logIn } = await setUp(t);
  portal.auth.people.add("anna", "viewer");
  const { text } = await logIn();
  assert.match(text, /There is another anna here already\..*npm run people -- connect anna 248289761001/);
  portal.auth.people.connect("anna", `${issuer.url} 248289761001`);
  assert.match((await logIn()).text, /anna, operator/);
});

const now = () => Math.floor(Date.now() / 1000);
const ALTERED: [what: string, alter: NonNullable<Issuer["alter"]>, message: RegExp][] = [
  ["of another log-in", claims => ({ ...claims, nonce: "another" }), /belongs to another log-in \(nonce\)/],
  ["without a nonce", ({ nonce: _, ...claims }) => claims, /can't be used: .*nonce.* missing/],
  ["for another program", claims => ({ ...claims, aud: "another" }), /meant for another program \(aud\)/],
  ["of another issuer", claims => ({ ...claims, iss: "https://evil.example.com" }), /was not issued by .* \(iss\)/],
  ["that has expired", claims => ({ ...claims, exp: now() - 61 }), /has expired, or is not valid yet: .* 60 s/],
  ["that is not valid yet", claims => ({ ...claims, nbf: now() + 90 }), /has expired, or is not valid yet/],
];

test("an ID token that is wrong lets nobody in, and the log-in page says what is wrong with it", async t => {
  const { portal, issuer, logIn } = await setUp(t, { OIDC_CLOCK_TOLERANCE: "60" });
  for (const [what, alter, message] of ALTERED) {
    issuer.alter = alter;
    const { text, path } = await logIn();
    assert.equal(path, "/login/oidc/callback", what);
    assert.match(text, message, what);
    assert.match(text, /Log in with Example/, what);
  }
  assert.deepEqual(portal.auth.people.all(), []);
});

test("clocks may differ by as much as is set, and no more", async t => {
  const { issuer, logIn } = await setUp(t, { OIDC_CLOCK_TOLERANCE: "60" });
  issuer.alter = claims => ({ ...claims, exp: now() - 30 });
  assert.match((await logIn()).text, /anna, operator/);
  issuer.alter = claims => ({ ...claims, exp: now() + 600, nbf: now() + 30 });
  assert.match((await logIn()).text, /anna, operator/);
  const exact = await setUp(t, { OIDC_CLOCK_TOLERANCE: "0" });
  exact.issuer.alter = claims => ({ ...claims, exp: now() - 30 });
  assert.match((await exact.logIn()).text, /differ by more than 0 s/);
});

test("a token that somebody else has signed lets nobody in", async t => {
  const { issuer, logIn } = await setUp(t);
  issuer.forges = true;
  assert.match((await logIn()).text, /The answer of .* can't be used: .*signature/);
  issuer.forges = false;
  assert.match((await logIn()).text, /anna, operator/);
});

test("a log-in ends only in the browser that began it", async t => {
  const { portal } = await setUp(t);
  const victim = browser();
  const isBack = (url: URL) => url.pathname === "/login/oidc/callback";
  const { url } = await browser().go(`${portal.url}/login/oidc`, isBack);
  const stolen = await victim.go(url.href);
  assert.match(stolen.body, /not begun in this browser/);
  const begun = await victim.go(`${portal.url}/login/oidc`, isBack);
  begun.url.searchParams.set("state", url.searchParams.get("state") ?? "");
  assert.match((await victim.go(begun.url.href)).body, /not begun in this browser/);
  assert.deepEqual(portal.auth.people.all(), []);
});

test("a person who says no, a wrong secret and a provider that is gone are told in sentences", async t => {
  const { issuer, logIn } = await setUp(t);
  issuer.refuses = true;
  assert.match((await logIn()).text, /did not let you in: End-User aborted interaction/);
  const wrong = await setUp(t, { OIDC_CLIENT_SECRET: "wrong" });
  assert.match((await wrong.logIn()).text, /does not know this portal, or its secret is wrong \(invalid_client\)/);
  const gone = await setUp(t, { OIDC_ISSUER: `http://127.0.0.1:${await freePort()}` });
  assert.match((await gone.logIn()).text, /127\.0\.0\.1:\d+ can't be reached \(ECONNREFUSED\)\. Try again later/);
});

test("local passwords stay, and a logout offers to log out of the provider, too", async t => {
  const { portal } = await setUp(t);
  portal.auth.people.add("otto", "viewer");
  await portal.auth.people.setPassword("otto", "correct horse battery");
  const local = await portal.post("/login", { name: "otto", password: "correct horse battery" });
  const cookie = (local.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  assert.equal((await portal.post("/logout", {}, { cookie })).location, "/login");
  portal.auth.people.add("anna", "viewer");
  const session = portal.auth.sessions.start("anna", { by: "oidc" });
  const name = `portal-${portal.portal.settings.PORTAL_PORT}`;
  assert.equal((await portal.post("/logout", {}, { cookie: `${name}=${session}` })).location, "/login?out");
  assert.match((await portal.get("/login?out")).text, /logged out here, and not at Example\. Log out there, too/);
  const out = new URL((await portal.get("/login/oidc/logout")).location ?? "");
  assert.equal(out.pathname, "/session/end");
  assert.equal(out.searchParams.get("post_logout_redirect_uri"), `${portal.url}/login`);
});

test("the secret of the client stands on no page and in no cookie", async t => {
  const { portal } = await setUp(t);
  const pages = [await portal.get("/login"), await portal.get("/login/oidc"), await portal.get("/login/oidc/callback")];
  for (const { body, headers } of pages) assert.ok(!`${body}${headers.get("set-cookie")}`.includes(SECRET));
});

test("a line that is missing or wrong stops the portal with a sentence", async t => {
  const base = { OIDC_ISSUER: "https://login.example.com", OIDC_CLIENT_ID: "portal", OIDC_ROLES: "*=viewer" };
  const start = (environment: Record<string, string>) => startPortal(t, { role: "nobody", environment });
  await assert.rejects(start({ ...base, OIDC_CLIENT_ID: "" }), /write OIDC_CLIENT_ID=… into \.env/);
  await assert.rejects(start({ ...base, OIDC_ROLES: "" }), /OIDC_ISSUER needs roles: write OIDC_ROLES=/);
  await assert.rejects(start({ ...base, OIDC_ROLES: "admins=root" }), /"admins=root" is no group=role/);
  await assert.rejects(start({ ...base, AUTH: "proxy" }), /exclude each other/);
  await assert.rejects(start({ ...base, OIDC_ISSUER: "http://login.example.com" }), /http only on this machine/);
});
