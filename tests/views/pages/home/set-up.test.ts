import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf } from "../../../../views/html.ts";
import { type SetUpLine, setUpCard, setUpNotice } from "../../../../views/pages/home/set-up.ts";

const NOW = Date.parse("2026-12-01T10:00:00Z");
const part = (given: Partial<SetUpLine>): SetUpLine => ({
  ...{ kind: "download", title: "Spark 4.1.4", neededFor: "every job", state: "running" },
  ...{ since: "2026-12-01T09:59:00Z" },
  ...given,
});

const kafka = part({
  ...{ title: "A small Kafka", neededFor: "streams", state: "failed" },
  error: "A jar could not be installed: Ivy reached no network. Connect, then run the same command again.",
});

const text = (view: Parameters<typeof textOf>[0]) =>
  textOf(view)
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();

test("once all is there nothing is shown, and nothing is asked for again", () => {
  assert.equal(setUpCard([], NOW), undefined);
  for (const parts of [[], [part({ state: "succeeded" })]])
    assert.equal(textOf(setUpNotice(parts)), '<div id="set-up" hidden></div>');
});

test("the overview says of each part how far it is and what waits for it", () => {
  const parts = [
    part({ done: 210, megabytes: 900 }),
    part({ title: "Azurite", neededFor: "copies", done: 20 }),
    part({ title: "Jars", state: "pending" }),
    part({ title: "DuckDB", state: "succeeded" }),
    part({ kind: "start", title: "Worker" }),
    part({ kind: "start", title: "Spark", state: "pending" }),
    part({ kind: "start", title: "HDFS", state: "stopped" }),
    kafka,
  ];
  const card = setUpCard(parts, NOW);
  assert.ok(card);
  const shown = text(card);
  assert.match(shown, /^Set-up 1 of 8 parts are there/);
  assert.match(shown, /Spark 4\.1\.4 ● Being installed 210 of 900 MB every job/);
  assert.match(shown, /Azurite ● Being installed 20 MB copies/);
  assert.match(shown, /Jars ○ To be installed every job/);
  assert.match(shown, /DuckDB ✓ Installed every job/);
  assert.match(shown, /Worker ● Starting for 1:00 every job/);
  assert.match(shown, /Spark ○ To be started every job/);
  assert.match(shown, /HDFS ! Stopped every job/);
  assert.match(shown, /A small Kafka A jar could not be installed: .* run the same command again\. ✕ Failed streams/);
  assert.match(shown, /The set-up was stopped\. Run `npm start` again/);
  assert.match(textOf(card), /<progress max="900" value="210" aria-label="Spark 4\.1\.4">/);
});

test("a part that has more than was thought is never over its whole", () => {
  assert.match(text(setUpNotice([part({ done: 950, megabytes: 900 })])), /Spark 4\.1\.4, 900 of 900 MB\./);
});

test("every other page says what is missing first, and what for", () => {
  const open = [part({ done: 210, megabytes: 900 }), part({ state: "pending", title: "Jars" })];
  const notice = setUpNotice(open);
  assert.equal(text(notice), "● Being installed Spark 4.1.4, 210 of 900 MB. It is needed for every job. 1 more part");
  assert.match(textOf(notice), /class="notice wait" id="set-up" hx-get="\/set-up" hx-trigger="every 2s"/);
  const failed = setUpNotice([...open, kafka]);
  assert.match(
    text(failed),
    /^✕ Failed A small Kafka\. A jar could not .* again\. It is needed for streams\. 2 more parts$/,
  );
  assert.match(textOf(failed), /class="notice bad"/);
  assert.match(
    text(setUpNotice([part({ state: "stopped" })])),
    /^! Stopped Spark 4\.1\.4\. The set-up was stopped\. Run/,
  );
});
