import assert from "node:assert/strict";
import { test } from "node:test";
import { type EarlierJobs, eventsOfRecord, missedSchedule } from "../../../core/notifications/events.ts";
import { parseNotifications, receiversOf } from "../../../core/notifications/rules.ts";
import { outcomeOf, recordOf } from "./record.ts";

const NOTHING: EarlierJobs = { failed: new Set<string>(), seconds: [] };
const failed = recordOf({
  status: "failed",
  error: { message: "1 of 2 tables failed: sales.orders" },
  tables: [outcomeOf({ outcome: "failed" }), outcomeOf({ table: "sales.customers" })],
});

function rulesOf(...rules: object[]) {
  const text = JSON.stringify({
    receivers: { ops: { kind: "webhook", url: "NOTIFY_OPS_URL" }, mail: { kind: "email", to: ["a@example.com"] } },
    rules,
  });
  const checked = parseNotifications(text);
  assert.ok(checked.ok, JSON.stringify(checked));
  return checked.rules;
}

const names = (record = failed, earlier = NOTHING) => eventsOfRecord(record, "T", earlier).map(({ event }) => event);

test("a job's end means what happened in it", () => {
  assert.deepEqual(names(), ["job failed"]);
  assert.deepEqual(names(recordOf()), []);
  assert.deepEqual(names({ ...failed, status: "cancelled" }), []);
  const alert = { alerts: [{ message: "5 errors, more than 3." }] } as never;
  assert.deepEqual(names(recordOf({ tables: [outcomeOf({ analysis: alert })] })), ["analysis alert"]);
  const [event] = eventsOfRecord(failed, "Ingest sales", NOTHING);
  assert.deepEqual(
    [event?.title, event?.text, event?.tables],
    ["Ingest sales: failed", "1 of 2 tables failed: sales.orders", ["sales.orders"]],
  );
});

test("a table that had failed and succeeds is recovered, and no other", () => {
  const earlier = { ...NOTHING, failed: new Set(["ingest-hive sales.orders", "migrate-iceberg sales.customers"]) };
  const both = recordOf({ tables: [outcomeOf({}), outcomeOf({ table: "sales.customers" })] });
  const [event, ...more] = eventsOfRecord(both, "T", earlier);
  assert.deepEqual([event?.event, event?.tables, more], ["job recovered", ["sales.orders"], []]);
  assert.deepEqual(names(failed, earlier), ["job failed"]);
  const whole = { ...NOTHING, failed: new Set(['export-audit {"table":"A"}']) };
  assert.deepEqual(names(recordOf({ type: "export-audit", parameters: { table: "A" }, tables: [] }), whole), [
    "job recovered",
  ]);
});

test("slower than usual needs five earlier jobs, a minute more, and a job that succeeded", () => {
  const took = (seconds: number, changes = {}) =>
    recordOf({ finishedAt: new Date(Date.parse("2026-11-30T08:00:00Z") + seconds * 1000).toISOString(), ...changes });
  const usual = { ...NOTHING, seconds: [100, 90, 110, 100, 95] };
  assert.deepEqual(names(took(250), usual), ["slower than usual"]);
  assert.deepEqual(names(took(159), usual), []);
  assert.deepEqual(names(took(250), { ...usual, seconds: [100, 90, 110, 100] }), []);
  assert.deepEqual(names(took(50), { ...NOTHING, seconds: [1, 1, 1, 1, 1] }), []);
  const [event] = eventsOfRecord(took(250), "T", usual);
  assert.equal(event?.slower, 2.5);
  const rules = rulesOf({ events: ["slower than usual"], slowerThan: 3, to: ["ops"] });
  assert.deepEqual(receiversOf(event!, rules), []);
  assert.deepEqual(receiversOf(event!, rulesOf({ events: ["slower than usual"], to: ["ops"] })), ["ops"]);
});

test("where jobs of its kind tell how long such tables take, they decide whether a job was slow", () => {
  const took = (seconds: number) =>
    recordOf({ finishedAt: new Date(Date.parse("2026-11-30T08:00:00Z") + seconds * 1000).toISOString() });
  const grown = { ...NOTHING, seconds: [100, 90, 110, 100, 95], usual: { low: 400, usual: 500, high: 600, jobs: 12 } };
  assert.deepEqual(names(took(550), grown), [], "its tables are larger than before");
  const [event] = eventsOfRecord(took(750), "T", grown);
  assert.equal(event?.slower, 1.5);
  assert.equal(event?.text, "It took 750 s; such jobs take 400 to 600 s, by 12 earlier ones.");
  assert.deepEqual(names(took(50), { ...NOTHING, usual: { low: 1, usual: 1, high: 2, jobs: 3 } }), [], "not a minute");
});

test("drift is read from outcomes that have it, and another shape of it is no drift", () => {
  const looked = (drift: unknown) => recordOf({ type: "check-drift", tables: [outcomeOf({ drift })] });
  const [event] = eventsOfRecord(looked({ there: true, behind: { "11": 4, "12": 1 } }), "T", NOTHING);
  assert.deepEqual(event?.drift, [{ table: "sales.orders", behind: 4 }]);
  const over = (driftOver: number) =>
    receiversOf(event!, rulesOf({ events: ["drift over a limit"], driftOver, to: ["ops"] }));
  assert.deepEqual([over(3), over(4)], [["ops"], []]);
  assert.deepEqual(eventsOfRecord(looked({ there: false }), "T", NOTHING)[0]?.drift, [{ table: "sales.orders" }]);
  for (const odd of [undefined, null, 7, { behind: "4" }, { behind: { a: "4" } }, { behind: [] }])
    assert.deepEqual(names(looked(odd)), [], JSON.stringify(odd));
});

test("a rule is for types, tables and people; a receiver that several rules name is told once", () => {
  const [event] = eventsOfRecord(failed, "T", NOTHING);
  const told = (...rules: object[]) =>
    receiversOf(event!, rulesOf(...rules.map(rule => ({ events: ["job failed"], to: ["ops"], ...rule }))));
  assert.deepEqual(told({}, { to: ["mail", "ops"] }), ["ops", "mail"]);
  assert.deepEqual(told({ types: ["ingest-hive"] }), ["ops"]);
  assert.deepEqual(told({ types: ["migrate-iceberg"] }), []);
  assert.deepEqual(told({ tables: ["sales.*"] }), ["ops"]);
  assert.deepEqual(told({ tables: ["sales.customers"] }), [], "that one did not fail");
  assert.deepEqual(told({ people: ["anna"] }), ["ops"]);
  assert.deepEqual(told({ people: ["otto"] }), []);
  assert.deepEqual(told({ events: ["job recovered"] }), []);
  const missed = missedSchedule("nightly", "2026-11-30T02:00:00.000Z", "x had not ended.", {
    type: "ingest-hive",
    by: "anna",
  });
  assert.deepEqual(receiversOf(missed, rulesOf({ events: ["schedule missed"], people: ["anna"], to: ["ops"] })), [
    "ops",
  ]);
});

test("what is wrong with the file is said with its place, and an address in it is refused", () => {
  const problems = (value: unknown) => {
    const checked = parseNotifications(typeof value === "string" ? value : JSON.stringify(value, null, 1));
    return checked.ok ? "" : checked.problems.join("\n");
  };
  assert.equal(problems("{}"), "");
  assert.match(problems("{"), /It is not JSON/);
  assert.match(problems('{"rules": [], "rules": []}'), /The key rules stands twice/);
  assert.match(problems({ rules: [{ events: ["job failed"], to: ["ops"] }] }), /There is no receiver "ops"/);
  assert.match(
    problems({ receivers: { ops: { kind: "webhook", url: "https://hooks.example.com/x" } } }),
    /begins with NOTIFY_/,
  );
  assert.match(problems({ rules: [{ events: ["job fails"], to: [] }] }), /job failed/);
});
