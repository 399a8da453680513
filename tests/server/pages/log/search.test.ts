import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { test } from "node:test";
import { logFile } from "../../../../core/store/layout.ts";
import { endedJob, lines, runningJob } from "../../log-files.ts";
import { type Reply, startPortal, type TestPortal } from "../../portal.ts";

const STAMP = "2026-11-24T10:00:00.000Z";
const TROUBLE = {
  100: `${STAMP} hive.sales.orders: failed, 2.0 s: no room`,
  101: "java.io.IOException: no room",
  102: "\tat a.b.C(D.java:1)",
  200: `${STAMP} WARN TaskSetManager: Lost task`,
  1500: `${STAMP} ERROR no room either`,
};

test("a search looks through the whole log; each match leads to its place among its neighbours", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, lines(2000, TROUBLE));
  const page = await portal.get(`/jobs/${id}/log?find=NO+room`);
  assert.match(page.text, /3 matches · searched all of 69 KB/);
  assert.match(page.body, /<mark>no room<\/mark> either/);
  const href = /<li id="L1500"[^>]*><a href="([^"]+)"/.exec(page.body)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const there = await portal.get(href.split("#")[0] ?? "");
  assert.match(there.text, /line 1499 1,500 .* no room either 1,501 .*line 1501/);
  assert.match(there.body, /<li id="L1500"[^>]*class="error marked"/);
});

test("the next and the previous match are one step away, and the last one says that there is none", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, lines(2000, TROUBLE));
  let page = await portal.get(`/jobs/${id}/log?find=no+room&line=100`);
  assert.equal(markedLine(page), 100);
  page = await step(portal, page, "next-match");
  assert.equal(markedLine(page), 101);
  page = await step(portal, page, "next-match");
  assert.equal(markedLine(page), 1500);
  page = await step(portal, page, "next-match");
  assert.match(page.text, /There is no next match in this log\./);
  assert.equal(markedLine(page), 1500);
  page = await step(portal, page, "previous-match");
  assert.equal(markedLine(page), 101);
});

test("errors and warnings are counted, listed with what belongs to them, and stepped through", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, lines(2000, TROUBLE));
  const end = await portal.get(`/jobs/${id}/log`);
  assert.match(end.text, /✕ 2 errors ! 1 warning /);
  const errors = await portal.get(`/jobs/${id}/log?level=error`);
  assert.deepEqual(shownLines(errors), [100, 101, 102, 1500]);
  assert.match(errors.text, /4 lines · searched all/);
  const both = await portal.get(`/jobs/${id}/log?level=warn`);
  assert.deepEqual(shownLines(both), [100, 101, 102, 200, 1500]);
  let page = await step(portal, end, "previous-error");
  assert.equal(markedLine(page), 1500);
  page = await step(portal, page, "previous-error");
  assert.equal(markedLine(page), 100);
  page = await step(portal, page, "next-error");
  assert.equal(markedLine(page), 1500);
  const start = await portal.get(`/jobs/${id}/log?from=0`);
  assert.equal(markedLine(await step(portal, start, "next-error")), 100);
});

test("a search for a text and a level keeps to both", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, lines(300, { ...TROUBLE, 50: `${STAMP} no room, for now` }));
  assert.deepEqual(shownLines(await portal.get(`/jobs/${id}/log?find=no+room&level=error`)), [100, 101]);
});

test("a search that finds nothing says so and offers a way back", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, lines(10));
  const page = await portal.get(`/jobs/${id}/log?find=unheard-of&wrap=no`);
  assert.match(page.text, /No lines match\. Widen the filter, or clear it \./);
  assert.match(page.body, new RegExp(`<a href="/jobs/${id}/log\\?attempt=1&amp;wrap=no">clear it`));
});

test("more matches than fit go on, with their count so far", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, lines(450));
  let page = await portal.get(`/jobs/${id}/log?find=line`);
  assert.match(page.text, /200 matches so far · searched 6\.\d KB of 15 KB · Go on/);
  const seen: number[] = shownLines(page);
  for (let link = goOn(page); link; link = goOn(page)) {
    page = await portal.get(link);
    seen.push(...shownLines(page));
  }
  assert.match(page.text, /450 matches · searched all/);
  assert.deepEqual(
    seen,
    Array.from({ length: 450 }, (_, index) => index + 1),
  );
});

test("what is looked for is text: no pattern of it means anything else", async t => {
  const portal = await startPortal(t);
  const id = endedJob(portal.layout, 'a.b\nacb\n<b>"quoted"</b> & more\n(((\n\x1b[31mre\x1b[1md\x1b[0m ünder\n');
  const found = async (text: string) =>
    shownLines(await portal.get(`/jobs/${id}/log?find=${encodeURIComponent(text)}`));
  assert.deepEqual(await found("a.b"), [1]);
  assert.deepEqual(await found('<B>"QUOTED"</b> &'), [3]);
  assert.deepEqual(await found("((("), [4]);
  assert.deepEqual(await found("red Ünder"), [5]);
  assert.equal((await portal.get(`/jobs/${id}/log?find=${"x".repeat(5000)}`)).status, 200);
  assert.equal((await portal.get(`/jobs/${id}/log?find=%00&level=nonsense&line=-1&from=1e9&attempt=x`)).status, 200);
});

test("the log of a job that runs is searched up to its last whole line", async t => {
  const portal = await startPortal(t);
  const id = runningJob(portal.layout);
  writeFileSync(logFile(portal.layout, id, 1), `${lines(3)}half a li`);
  assert.match((await portal.get(`/jobs/${id}/log?find=half`)).text, /No lines match/);
});

async function step(portal: TestPortal, page: Reply, way: string): Promise<Reply> {
  const cookie = portal.cookieOf("operator");
  const href = new RegExp(`<a class="button" href="([^"]+)" data-step="${way}"`).exec(page.body)?.[1];
  assert.ok(href, `no link ${way}`);
  const gone = await portal.get(href.replaceAll("&amp;", "&"), { cookie });
  assert.equal(gone.status, 303);
  const [to, hash] = (gone.location ?? "").split("#");
  assert.equal(hash, "marked");
  return await portal.get(to ?? "", { cookie });
}

function markedLine({ body }: Reply): number {
  return Number(/<li id="L(\d+)"[^>]*class="[^"]*marked"/.exec(body)?.[1]);
}

function shownLines({ body }: Reply): number[] {
  return Array.from(body.matchAll(/<li id="L(\d+)"/g), found => Number(found[1]));
}

function goOn({ body }: Reply): string | undefined {
  return /<a href="([^"]+)">Go on</.exec(body)?.[1]?.replaceAll("&amp;", "&");
}
