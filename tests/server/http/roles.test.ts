import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { isEnough, ROLES, type Role } from "../../../core/people/roles.ts";
import { PROJECT } from "../../../core/settings.ts";
import { startPortal } from "../portal.ts";

/** What docs/permissions.md says: each address with the role that it needs. */
function permissions(): Map<string, string> {
  const page = readFileSync(join(PROJECT, "docs", "permissions.md"), "utf8");
  return new Map(
    page
      .split("\n## ")
      .slice(1)
      .flatMap(section => {
        const role = section.split("\n")[0] ?? "";
        return [...section.matchAll(/^- `((?:GET|HEAD|POST|PUT|PATCH|DELETE) \/[^`]*)`$/gm)].map(
          match => [match[1] ?? "", role] as const,
        );
      }),
  );
}

test("docs/permissions.md names every address, with the role that it needs", async t => {
  const { routes } = await startPortal(t);
  const served = routes.map(({ method, path, role }) => [`${method.toUpperCase()} ${path}`, role] as const);
  assert.deepEqual(Object.fromEntries([...permissions()].toSorted()), Object.fromEntries(served.toSorted()));
});

test("nobody gets past an address whose role is more than theirs, nor anywhere without a session", async t => {
  const portal = await startPortal(t, { role: "nobody" });
  // Until then a report is refused to everybody, since it would not be whole.
  await portal.portal.index.reconcile();
  const table = permissions();
  const ask = async (address: string, role: Role | "nobody") => {
    const [method = "", path = ""] = address.split(" ");
    const filled = path.replace(":type.json", "ingest-hive.json").replace(/:\w+/g, "nobody-knows");
    const cookie = role === "nobody" ? {} : { cookie: portal.cookieOf(role) };
    const headers = { ...cookie, "sec-fetch-site": "same-origin", accept: "text/html" };
    const response = await fetch(portal.url + filled, { method, headers, redirect: "manual" });
    await response.arrayBuffer();
    return { status: response.status, location: response.headers.get("location") ?? "" };
  };
  for (const [address, needed] of table) {
    if (needed === "anyone") continue;
    const stranger = await ask(address, "nobody");
    const sentAway = stranger.status === 401 || (stranger.status === 303 && stranger.location.startsWith("/login"));
    assert.ok(sentAway, `${address} answers ${stranger.status} to nobody`);
    for (const role of ROLES) {
      const { status } = await ask(address, role);
      if (isEnough(role, needed as Role))
        assert.ok(
          status !== 401 && status !== 403 && (status < 500 || status === 503),
          `${address} answers ${status} to ${role}`,
        );
      else assert.equal(status, 403, `${address} answers ${status} to ${role}`);
    }
  }
});

test("an address that does not exist tells a stranger no more than one that does", async t => {
  const { get } = await startPortal(t, { role: "nobody" });
  const [known, unknown] = [await get("/jobs"), await get("/nothing")];
  assert.deepEqual([known.status, unknown.status], [303, 303]);
  assert.deepEqual([(await get("/api/jobs")).status, (await get("/api/nothing")).status], [401, 401]);
});

test("pages show a viewer no button that the server would refuse", async t => {
  const { get } = await startPortal(t, { role: "viewer" });
  for (const path of ["/", "/jobs", "/ingest", "/migrate", "/audit", "/doctor", "/rejected"]) {
    const { body } = await get(path);
    const forms = [...body.matchAll(/<form[^>]*method="post"[^>]*action="([^"]*)"/g)].map(match => match[1]);
    assert.deepEqual(
      forms.filter(action => action !== "/logout"),
      [],
      path,
    );
  }
});
