import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { startPortal, type TestPortal } from "../../../server/portal.ts";

async function upload(portal: TestPortal, name: string, content: string | Uint8Array<ArrayBuffer>): Promise<void> {
  const headers = { cookie: portal.cookieOf("operator"), "sec-fetch-site": "same-origin" };
  const form = new FormData();
  form.append("file", new Blob([content]), name);
  const { status } = await fetch(`${portal.url}/files`, { method: "POST", body: form, headers, redirect: "manual" });
  assert.equal(status, 303);
}

const FORM = {
  ...{
    columns: "1",
    use0: "on",
    name0: "id",
    type0: "int",
    use1: "on",
    name1: "price",
    type1: "decimal",
    size1: "10,2",
  },
  ...{ table: "lake.shop.goods", key: "id" },
};

const jobs = (portal: TestPortal) => readdirSync(portal.layout.queue).filter(name => name.endsWith(".json"));

test("a form that can't be sent keeps what was typed and says at each field what is wrong", async t => {
  const portal = await startPortal(t);
  await upload(portal, "goods.csv", "id;price\n1;2.50\n2;3.50\n");
  const waiting = jobs(portal).length;
  const wrong: [Record<string, string>, RegExp, RegExp][] = [
    [{ table: "goods" }, /id="table-error">Expected catalog\.namespace\.table/, /name="table" value="goods"/],
    [{ table: "a.lake.shop.goods" }, /id="table-error">Expected three names at most/, /value="a\.lake\.shop\.goods"/],
    [{ key: "sku" }, /id="key-error">No column that is loaded is called sku/, /name="key" value="sku"/],
    [{ key: "" }, /id="key-error">Name the column/, /name="key" value=""/],
    [
      { type1: "money" },
      /id="type1-error">Say its size|id="type1-error">Expected string/,
      /<option value="money" selected>/,
    ],
    [{ size1: "2" }, /id="type1-error">Say its size/, /name="size1" value="2"/],
    [{ name1: "ID" }, /id="name1-error">Another column has this name/, /name="name1" value="ID"/],
    [{ type1: "date", pattern1: "dd.xx" }, /id="pattern1-error">Expected a date/, /name="pattern1" value="dd\.xx"/],
    [
      { countBy: "price", countInto: "lake.shop.counts" },
      /id="countInto-error">Write the name alone, counts/,
      /value="lake\.shop\.counts"/,
    ],
    [{ countBy: "price" }, /id="countInto-error">Name the table for the counts/, /name="countBy" value="price"/],
    [{ thousands1: "." }, /id="thousands1-error">It can/, /<option value="\." selected>/],
  ];
  for (const [typed, says, keeps] of wrong) {
    const { status, body } = await portal.post("/files/goods.csv/load", { ...FORM, ...typed });
    assert.equal(status, 422, JSON.stringify(typed));
    assert.match(body, says);
    assert.match(body, keeps);
    assert.match(body, /Nothing was started/);
    assert.match(
      body,
      /<option value="decimal" selected>|<option value="money" selected>|<option value="date" selected>/,
    );
  }
  const none = await portal.post("/files/goods.csv/load", { columns: "1", table: "lake.shop.goods", key: "id" });
  assert.match(none.body, /Choose at least one column/);
  assert.equal(jobs(portal).length, waiting, "nothing was queued");
});

test("types are chosen from a list, and what was found in the file is shown and can be corrected", async t => {
  const portal = await startPortal(t);
  const file = "Report;;\nartikel;menge;preis;am;da\nA1;12.500;1.234,56;31.12.2026;ja\nB2;3.750;99,00;n/a;nein\n";
  await upload(portal, "german.csv", new Uint8Array(Buffer.from(`${file}C3;500;5,00;01.02.2026;ja\n`, "latin1")));
  const { body, text } = await portal.get("/files/german.csv");
  assert.match(body, /<select class="field" name="type2"[^>]*>[\s\S]*?<option value="decimal" selected>/);
  assert.match(body, /name="size2" value="20,2"/);
  assert.match(text, /decimal comma; thousands mark point/);
  assert.match(body, /name="pattern3" value="dd\.MM\.yyyy"/);
  assert.match(body, /name="nulls3" value="n\/a"/);
  assert.match(body, /name="booleans4" value="ja, nein"/);
  assert.match(body, /name="preamble" value="1"/);
  assert.match(text, /Above the first record: Report;;/);
  const chosen = {
    ...{ columns: "1", use0: "on", use1: "on", type1: "string", use2: "on", use3: "on", nulls3: "", use4: "on" },
    ...{ table: "lake.shop.german", key: "artikel" },
  };
  const { location } = await portal.post("/files/german.csv/look", chosen);
  const again = await portal.get(location ?? "");
  assert.match(again.body, /name="nulls3" value=""/, "what was taken away stays away");
  assert.equal(again.body.match(/name="use\d" value="on" checked/g)?.length, 5, "all columns stay chosen");
  assert.doesNotMatch(location ?? "", /name0|type2/, "what is offered anyway is not in the address");
  const loaded = await portal.post("/files/german.csv/load", chosen);
  const id = /\/jobs\/(.+)$/.exec(loaded.location ?? "")?.[1] ?? "";
  const job = JSON.parse(readFileSync(join(portal.layout.queue, `${id}.json`), "utf8"));
  assert.deepEqual(job.parameters.columns, [
    { name: "artikel", type: "string" },
    { name: "menge", type: "string" },
    { name: "preis", type: "decimal(20,2)", decimal: ",", thousands: "." },
    { name: "am", type: "date", pattern: "dd.MM.yyyy" },
    { name: "da", type: "boolean", booleans: ["ja", "nein"] },
  ]);
  assert.deepEqual([job.parameters.format.preamble, job.parameters.format.delimiter], [1, ";"]);
});

test("a file whose encoding can't be told is shown once one is chosen; one that is no CSV says what it is", async t => {
  const portal = await startPortal(t);
  const sjis = new Uint8Array([0x69, 0x64, 0x2c, 0x6e, 0x0a, 0x31, 0x2c, 0x93, 0xfa, 0x96, 0x7b, 0x81, 0x5b, 0x0a]);
  await upload(portal, "sjis.csv", sjis);
  assert.match((await portal.get("/files/sjis.csv")).text, /encoding can.t be told/);
  const { location } = await portal.post("/files/sjis.csv/look", { encoding: "Shift_JIS" });
  assert.match((await portal.get(location ?? "")).text, /日本ー/);
  await upload(portal, "book.csv", new Uint8Array(Buffer.from("PK\x03\x04xl/workbook.xml", "latin1")));
  assert.match((await portal.get("/files/book.csv")).text, /Excel workbook \(xlsx\), no CSV: .*save it as CSV/);
});
