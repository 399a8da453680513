import assert from "node:assert/strict";
import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { startPortal, type TestPortal } from "../portal.ts";

async function send(portal: TestPortal, path: string, parts: readonly string[], end = "--x--\r\n") {
  const body = `${parts.map(part => `--x\r\nContent-Disposition: form-data; ${part}\r\n`).join("")}${end}`;
  const response = await fetch(portal.url + path, {
    method: "POST",
    body,
    redirect: "manual",
    headers: {
      ...{ cookie: portal.cookieOf("operator"), "sec-fetch-site": "same-origin" },
      "content-type": "multipart/form-data; boundary=x",
    },
  });
  return { status: response.status, text: await response.text() };
}

test("a form of a hundred thousand fields, long ones, or thousands of files is refused, and the portal goes on", async t => {
  const portal = await startPortal(t);
  const many = Array.from({ length: 100_000 }, (_, i) => `name="f${i}"\r\n\r\nx`);
  const files = Array.from({ length: 1_500 }, (_, i) => `name="file"; filename="f${i}.log"\r\n\r\nsame`);
  for (const path of ["/analyses", "/files", "/api/files"])
    for (const [parts, sentence] of [
      [many, /more than 200 fields/],
      [[`name="a"\r\n\r\n${"x".repeat(200_000)}`], /a field that is too long/],
      [files, /more than 1000 files/],
    ] as const) {
      // Each file is synced: one way in is enough.
      if (parts === files && path !== "/api/files") continue;
      const { status, text } = await send(portal, path, parts);
      assert.equal(status, 413, `${path} ${sentence}`);
      assert.match(text, sentence);
    }
  assert.equal((await portal.get("/files")).status, 200);
});

test("a form that is cut off or has odd names is no 500, and writes nothing outside of uploads/", async t => {
  const portal = await startPortal(t);
  for (const path of ["/analyses", "/files"]) {
    for (const part of [`name="file"; filename="a.log"`, `name="file"; filename=""`, `name="a"`])
      assert.equal((await send(portal, path, [`${part}\r\n\r\nx`], "")).status, 400, part);
    assert.equal((await send(portal, path, [`name="${"n".repeat(101)}"\r\n\r\nx`])).status, 413);
    assert.ok((await send(portal, path, ["\r\n\r\nx"])).status < 500);
    const partial = join(portal.layout.root, "uploads", ".partial");
    while (existsSync(partial) && readdirSync(partial).length > 0) await pause(20);
    const bare = { cookie: portal.cookieOf("operator"), "sec-fetch-site": "same-origin" };
    for (const type of ["multipart/form-data", "multipart/form-data; boundary=", 'multipart/form-data; boundary=""']) {
      const headers = { ...bare, "content-type": type };
      assert.equal((await fetch(portal.url + path, { method: "POST", body: "--x", headers })).status, 400, type);
    }
    assert.ok((await send(portal, path, ["nonsense\r\n\r\nx"])).status < 500);
    for (const name of ["../../people.db", "/etc/x", ".about", "..", "a\0b", "..\\..\\x", "%2e%2e%2fx", "__proto__"])
      assert.ok((await send(portal, path, [`name="file"; filename="${name}"\r\n\r\nx`])).status < 500, name);
  }
  assert.equal(readFileSync(join(portal.layout.root, "people.db")).subarray(0, 6).toString(), "SQLite");
  assert.equal(existsSync(join(portal.layout.root, "x")), false);
  for (const name of readdirSync(join(portal.layout.root, "uploads"))) assert.match(name, /^[\w.-]+$/);
});

test("a folder that holds files of the portal itself is not watched, by whatever name", async t => {
  const portal = await startPortal(t, { role: "administrator" });
  const { root, archive, queue } = portal.layout;
  const link = join(root, "uploads-link");
  symlinkSync(root, link);
  for (const folder of ["/", root, `${root}/`, `${root}/archive/..`, archive, queue, link, dirname(root)]) {
    const { status, text } = await portal.post("/analyses/watched", { folder, files: "*" });
    assert.equal(status, 422, folder);
    assert.match(text, /The portal's own files lie there/, folder);
  }
  assert.equal(existsSync(join(root, "analyses.json")), false);
  mkdirSync(join(root, "incoming"));
  assert.equal((await portal.post("/analyses/watched", { folder: join(root, "incoming") })).status, 303);
});
