import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { request } from "node:http";
import { join } from "node:path";
import { test } from "node:test";
import type { JobRecord } from "../../../../core/jobs/record.ts";
import { outcome } from "../../../core/audit/archive.ts";
import { archiveAll, ended, settled } from "../../../server/audited.ts";
import { startPortal, type TestPortal } from "../../../server/portal.ts";

const CONTENT = 'name,sku\n"a, b",1\nc,2\n';
const SHA256 = createHash("sha256").update(CONTENT).digest("hex");

function form(...files: [name: string, content: string][]): FormData {
  const data = new FormData();
  for (const [name, content] of files) data.append("file", new Blob([content]), name);
  return data;
}

async function send(portal: TestPortal, path: string, body: BodyInit, headers: Record<string, string> = {}) {
  const own = { cookie: portal.cookieOf("operator"), "sec-fetch-site": "same-origin" };
  const response = await fetch(portal.url + path, {
    method: "POST",
    body,
    redirect: "manual",
    headers: { ...own, ...headers },
  });
  return { status: response.status, location: response.headers.get("location"), text: await response.text() };
}

const uploads = (portal: TestPortal) =>
  readdirSync(join(portal.layout.root, "uploads")).filter(name => !name.startsWith("."));

test("a form brings files onto the disk with their hash, under safe names; none takes the place of another", async t => {
  const portal = await startPortal(t);
  const one = await send(portal, "/files", form(["../Größe 1 & 2.csv", CONTENT]));
  assert.deepEqual([one.status, one.location], [303, "/files/Gro_e_1_2.csv"]);
  const again = await send(portal, "/files", form(["../Größe 1 & 2.csv", CONTENT]));
  assert.equal(again.location, "/files/Gro_e_1_2.csv", "the same bytes are kept once");
  const { text } = await send(portal, "/api/files", form(["a.csv", "x,y\n1,2\n"], ["Gro_e_1_2.csv", "other\n1\n"]));
  const { files } = JSON.parse(text) as { files: { name: string; bytes: number; sha256: string; by: string }[] };
  assert.deepEqual(
    files.map(({ name }) => name),
    ["a.csv", "Gro_e_1_2-2.csv"],
  );
  assert.deepEqual(uploads(portal).sort(), ["Gro_e_1_2-2.csv", "Gro_e_1_2.csv", "a.csv"]);
  assert.equal(readFileSync(join(portal.layout.root, "uploads", "Gro_e_1_2.csv"), "utf8"), CONTENT);
  const page = await portal.get("/files");
  assert.match(page.text, /Gro_e_1_2\.csv 22 B .* by test-operator .*3 files|3 files.*Gro_e_1_2\.csv 22 B/s);
  assert.ok(page.body.includes(SHA256));
  assert.match(
    (await portal.get("/files/Gro_e_1_2.csv")).text,
    /names the columns .* In the file In the table .* a, b/s,
  );
  const events = readFileSync(
    join(portal.layout.archive, new Date().toISOString().slice(0, 7), "audit-events.ndjson"),
    "utf8",
  );
  assert.match(events, new RegExp(`"what":"upload","about":"Gro_e_1_2.csv","detail":"22 B, SHA-256 ${SHA256}"`));
  const gone = await portal.post("/files/a.csv/delete");
  assert.equal(gone.status, 303);
  assert.ok(!uploads(portal).includes("a.csv"));
});

test("bytes come without a form, what is too large is not kept, and who may only look brings nothing", async t => {
  const portal = await startPortal(t, { environment: { UPLOAD_LIMIT_MB: "1" } });
  const raw = await send(portal, "/api/files?name=raw.csv", CONTENT, { "content-type": "application/octet-stream" });
  assert.equal(raw.status, 201, raw.text);
  const large = await send(portal, "/api/files", form(["large.csv", "x".repeat(1_000_001)]));
  assert.equal(large.status, 413);
  assert.match(large.text, /large\.csv is larger than 1 MB/);
  assert.equal((await send(portal, "/api/files", "x", { "content-type": "text/csv" })).status, 415);
  const viewer = await send(portal, "/files", form(["v.csv", "x"]), { cookie: portal.cookieOf("viewer") });
  assert.equal(viewer.status, 403);
  assert.deepEqual(uploads(portal), ["raw.csv"]);
  assert.deepEqual(readdirSync(join(portal.layout.root, "uploads", ".partial")), []);
});

test("an upload that broke off goes on where it broke, and its hash is that of the whole", async t => {
  const portal = await startPortal(t);
  const whole = Buffer.alloc(3_000_000, "0123456789abcdef\n");
  const own = { cookie: portal.cookieOf("operator"), "sec-fetch-site": "same-origin", "tus-resumable": "1.0.0" };
  const metadata = `filename ${Buffer.from("big.csv").toString("base64")}`;
  const created = await fetch(`${portal.url}/files/parts`, {
    method: "POST",
    headers: { ...own, "upload-length": String(whole.length), "upload-metadata": metadata },
  });
  assert.equal(created.status, 201);
  const place = new URL(created.headers.get("location") ?? "", `${portal.url}/files/parts`).href;
  const patch = { ...own, "content-type": "application/offset+octet-stream" };
  // A connection that ends in the middle of its bytes.
  await new Promise<void>(broken => {
    const sent = request(place, {
      method: "PATCH",
      headers: { ...patch, "upload-offset": "0", "content-length": String(whole.length) },
    });
    sent.on("error", () => broken());
    sent.write(whole.subarray(0, 1_000_000), () => setTimeout(() => sent.destroy(), 200));
    sent.on("close", () => broken());
  });
  const offset = async () => {
    const head = await fetch(place, { method: "HEAD", headers: own });
    return Number(head.headers.get("upload-offset"));
  };
  let from = await offset();
  for (let tries = 0; from === 0 && tries < 50; tries++) {
    await new Promise(later => setTimeout(later, 100));
    from = await offset();
  }
  assert.ok(from > 0 && from < whole.length, `it broke off at ${from}`);
  const rest = await fetch(place, {
    method: "PATCH",
    headers: { ...patch, "upload-offset": String(from) },
    body: whole.subarray(from),
  });
  assert.equal(rest.status, 204, await rest.text());
  assert.equal(rest.headers.get("portal-file"), "big.csv");
  assert.ok(readFileSync(join(portal.layout.root, "uploads", "big.csv")).equals(whole));
  const { files } = JSON.parse((await portal.get("/api/files")).body) as { files: { sha256: string; by: string }[] };
  assert.equal(files[0]?.sha256, createHash("sha256").update(whole).digest("hex"));
  assert.equal(files[0]?.by, "test-operator");
  assert.deepEqual(readdirSync(join(portal.layout.root, "uploads", ".partial")), []);
});

test("what is chosen on a file's page stands in its address, and starts the job as it is shown", async t => {
  const portal = await startPortal(t);
  await send(portal, "/files", form(["goods.csv", "id;price;note\n1;2.50;x\n"]));
  const page = await portal.get("/files/goods.csv");
  assert.match(page.body, /<option value=";" selected>/);
  const chosen = {
    ...{
      columns: "1",
      use0: "on",
      name0: "sku",
      type0: "varchar(120)",
      use1: "on",
      name1: "price",
      type1: "decimal(10,2)",
    },
    ...{ delimiter: ";", header: "yes", encoding: "UTF-8", quote: '"', table: "lake.shop.goods", key: "sku" },
    ...{ onDuplicate: "first", badRecords: "fail", countBy: "price", countInto: "prices" },
  };
  const looked = await portal.post("/files/goods.csv/look", chosen);
  assert.match(
    (await portal.get(looked.location ?? "")).body,
    /<option value="varchar" selected>[\s\S]*name="size0" value="120"/,
  );
  const inspected = await portal.post("/files/goods.csv/inspect", chosen);
  assert.match((await portal.get(inspected.location ?? "")).text, /Looking through it: queued/);
  const loaded = await portal.post("/files/goods.csv/load", chosen);
  const id = /\/jobs\/(.+)$/.exec(loaded.location ?? "")?.[1] ?? "";
  const job = JSON.parse(readFileSync(join(portal.layout.queue, `${id}.json`), "utf8")) as { parameters: object };
  assert.deepEqual(job.parameters, {
    ...{ file: "goods.csv", table: "lake.shop.goods", key: "sku", onDuplicate: "first", badRecords: "fail" },
    columns: [
      { name: "sku", type: "varchar(120)", from: "id" },
      { name: "price", type: "decimal(10,2)" },
    ],
    format: {
      ...{ delimiter: ";", quote: '"', escape: "double", header: true, encoding: "UTF-8" },
      ...{ preamble: 0, comment: "", blanks: false, trailing: false },
    },
    counts: [{ by: "price", into: "prices" }],
  });
  const wrong = await portal.post("/files/goods.csv/load", { ...chosen, table: "nothing" });
  assert.equal(wrong.status, 422);
});

test("upload and processing of past loads stand apart, as bars over time and one by one", async t => {
  const portal = await startPortal(t);
  const load = (day: string, timings: Record<string, number>, seconds: number, more: Partial<JobRecord> = {}) => {
    const { proof: _, ...one } = outcome("products.csv", { table: "products.csv", target: "lake.shop.products" });
    const figures = { records: "500000" };
    const times = {
      startedAt: `${day}T09:00:00.000Z`,
      finishedAt: new Date(Date.parse(`${day}T09:00:00Z`) + seconds * 1000).toISOString(),
    };
    return ended("load-csv", day, { tables: [{ ...one, timings, figures }], ...times, ...more });
  };
  archiveAll(portal.layout, [
    load("2026-03-02", { upload: 12.5, scan: 0.5, write: 6.25 }, 8),
    load("2026-03-03", { upload: 3, scan: 0.5 }, 4, { status: "failed" }),
    load("2026-03-04", { scan: 0.4, write: 5 }, 75),
  ]);
  await settled(portal);
  const { body, text } = await portal.get("/files");
  const chart = (title: string) => body.slice(body.indexOf(`<figcaption>${title}`)).split("</svg>")[0] ?? "";
  const upload = chart("Upload, seconds");
  assert.match(
    upload,
    /aria-label="Upload, seconds: 2026-03-02 09:00 to 2026-03-04 09:01, most 12\.5 s \(2026-03-02 09:00\)"/,
  );
  assert.deepEqual(
    [...upload.matchAll(/<title>([^<]*)</g)].map(match => match[1]),
    ["2026-03-02 09:00: 12.5 s", "2026-03-03 09:00: 3.0 s", "2026-03-04 09:01: 0.0 s"],
  );
  const processing = chart("Processing, seconds");
  assert.match(processing, /2026-03-04 09:01: 1:15/);
  assert.equal(processing.match(/class="bad"/g)?.length, 1, "the load that failed is told from the others");
  assert.match(text, /lake\.shop\.products .*500,000 12\.5 s 8\.0 s scan 0\.5 s, write 6\.3 s/);
});
