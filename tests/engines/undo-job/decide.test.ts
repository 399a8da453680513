import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Outcome } from "../../../core/jobs/outcome.ts";
import {
  decideRegistration,
  decideTable,
  type StandingSnapshot,
  type StandingTable,
  type UndoDecision,
  type UndoneTarget,
} from "../../../engines/undo-job/decide.ts";
import type { LaterJob } from "../../../engines/undo-job/undone.ts";

const JOB = "20261130-100000-ingest-hive-aaaaaa";
const LATER = "20261130-110000-load-csv-bbbbbb";

/** A target of the job, as its record has it. */
function undone(outcome: Partial<Outcome> = {}, more: Partial<UndoneTarget> = {}): UndoneTarget {
  const base = { table: "hive.sales.orders", target: "lake.sales.orders", outcome: "succeeded", seconds: 1 } as const;
  return { job: JOB, startedAt: "2026-11-30T10:00:00Z", outcome: { ...base, ...outcome }, also: [], ...more };
}

function later(more: Partial<LaterJob> = {}): LaterJob {
  const base = { id: LATER, type: "load-csv", did: "changed", table: "lake.sales.orders" } as const;
  return { ...base, into: "lake.sales.orders", finishedAt: "2026-11-30T11:00:01Z", ...more };
}

/** A table whose snapshots follow each other: who made each, the newest last. */
function table(makers: readonly (string | StandingSnapshot)[], more: Partial<StandingTable> = {}): StandingTable {
  const snapshots = makers.map((maker, i): StandingSnapshot => {
    if (typeof maker !== "string") return maker;
    const parent = i > 0 ? { parent: String(i) } : {};
    return { id: String(i + 1), at: `2026-11-30T1${i}:00:00Z`, ...parent, ...(maker && { job: maker }) };
  });
  return { current: snapshots.at(-1)?.id ?? "", snapshots, refs: [], metadataFile: "m/3.json", ...more };
}

const created = { change: { created: true } } as const;
const before = { change: { snapshotBefore: "1" } } as const;
const action = (decision: UndoDecision) => ("to" in decision ? `${decision.action} ${decision.to}` : decision.action);

const TABLES: readonly (readonly [name: string, target: UndoneTarget, standing: StandingTable | undefined, string])[] =
  [
    ["that is gone needs nothing", undone(created), undefined, "nothing"],
    ["that became a view is left alone", undone(created), { ...table([JOB]), view: true }, "refuse"],
    ["that the job made goes", undone(created), table([JOB]), "drop"],
    [
      "that a record of before does not tell of goes where the table says who made it",
      undone(),
      table([JOB], { createdBy: JOB }),
      "drop",
    ],
    [
      "that the job made and that stayed empty goes",
      undone({ outcome: "failed" }),
      table([], { createdBy: JOB }),
      "drop",
    ],
    ["that another job made stays", undone({ outcome: "failed" }), table([], { createdBy: LATER }), "nothing"],
    [
      "with older rows, which an older record does not name, stays",
      undone(),
      table(
        [
          { id: "9", at: "2026-11-29T00:00:00Z" },
          { id: "1", at: "2026-11-30T10:00:00Z", job: JOB },
        ],
        { createdBy: JOB },
      ),
      "refuse",
    ],
    [
      "that was made anew, as an older record notes, is not taken for new",
      undone({ notes: ["columns or partitioning changed, so …"] }),
      table([JOB], { createdBy: JOB }),
      "refuse",
    ],
    ["that had rows goes back to them", undone(before), table(["", JOB]), "roll back 1"],
    ["that had rows goes back, whatever the record says", undone(), table(["", JOB]), "roll back 1"],
    ["that the job wrote twice goes back behind both", undone(before), table(["", JOB, JOB]), "roll back 1"],
    [
      "that was compacted since goes back",
      undone(before),
      table(["", JOB, { id: "3", at: "2026-11-30T12:00:00Z", parent: "2", operation: "replace" }]),
      "roll back 1",
    ],
    ["that another program wrote to since is left alone", undone(before), table(["", JOB, ""]), "refuse"],
    ["that another program wrote to since is not dropped", undone(created), table([JOB, ""]), "refuse"],
    [
      "that the job made goes with the blank snapshot that a branch begins with",
      undone(created),
      table([{ id: "1", at: "2026-11-30T09:59:59Z", blank: true }, JOB]),
      "drop",
    ],
    [
      "that the job made goes, as an older record has it, with its blank snapshot",
      undone(),
      table([{ id: "1", at: "2026-11-30T09:59:59Z", blank: true }, JOB], { createdBy: JOB }),
      "drop",
    ],
    ["that a later job wrote to is left alone", undone(created), table([JOB, LATER]), "refuse"],
    [
      "that a later job wrote to goes if it is named",
      undone(created, { also: [later()] }),
      table([JOB, LATER]),
      "drop",
    ],
    [
      "that a later job wrote to goes back if it is named",
      undone(before, { also: [later()] }),
      table(["", JOB, LATER]),
      "roll back 1",
    ],
    [
      "that another job and another program wrote to is left alone",
      undone(before, { also: [later()] }),
      table(["", JOB, "", LATER]),
      "refuse",
    ],
    [
      "whose snapshot before was expired is left alone",
      undone(before),
      table([{ id: "2", at: "2026-11-30T11:00:00Z", parent: "1", job: JOB }]),
      "refuse",
    ],
    ["that had no rows is emptied", undone({ change: {} }), table([JOB]), "empty"],
    ["that was rolled back already needs nothing", undone(before), table([""]), "nothing"],
    [
      "that was made anew goes back to its metadata file",
      undone({ change: { replaced: true, snapshotBefore: "9", metadataFileBefore: "m/1.json" } }),
      table([JOB]),
      "restore m/1.json",
    ],
    [
      "in whose place another was dropped is left alone",
      undone({ change: { replaced: true }, targetSnapshot: "1" }),
      table([""], { createdBy: JOB, proven: "1" }),
      "refuse",
    ],
    [
      "over files of Hive goes as the one that the job made",
      undone({ ...created, targetSnapshot: "1" }),
      table([""], { createdBy: JOB, proven: "1" }),
      "drop",
    ],
    [
      "over files of Hive goes by its own word",
      undone({ targetSnapshot: "1" }),
      table([""], { createdBy: JOB, proven: "1" }),
      "drop",
    ],
    ["to which somebody gave a tag stays", undone(created), table([JOB], { refs: ["audited"] }), "refuse"],
    [
      "with a branch that the job left goes",
      undone(created),
      table([JOB], { refs: [`portal_${JOB.replaceAll("-", "_")}_0a0a0a0a`] }),
      "drop",
    ],
  ];

describe("an undo of a table", () => {
  for (const [name, target, standing, expected] of TABLES)
    test(name, () => assert.equal(action(decideTable(target, standing)), expected));

  test("names the job that wrote since, and how to name it", () => {
    const decision = decideTable(undone(before), table(["", JOB, LATER]));
    assert.ok(decision.action === "refuse");
    assert.match(decision.error.message, new RegExp(`changed since by job ${LATER}: snapshot 3`));
    assert.match(decision.error.hint ?? "", /"alsoBuiltOn"/);
  });
});

const history = (change: Outcome["change"], more: Partial<Outcome> = {}) =>
  undone({ metadataFile: "m/3.json", ...(change && { change }), ...more }, { history: true });
const HISTORIES: readonly (readonly [name: string, target: UndoneTarget, standing: StandingTable, string])[] = [
  ["that the job made goes", history({ created: true }), table([""], { refs: ["audited"] }), "drop"],
  ["goes back to the file before", history({ metadataFileBefore: "m/2.json" }), table([""]), "restore m/2.json"],
  [
    "that went back already needs nothing",
    history({ metadataFileBefore: "m/3.json" }, { metadataFile: "m/4.json" }),
    table([""]),
    "nothing",
  ],
  [
    "that stands on another file is left alone",
    history({ created: true }, { metadataFile: "m/2.json" }),
    table([""]),
    "refuse",
  ],
  [
    "whose old files were removed is left alone",
    history({ metadataFileBefore: "m/2.json" }, { figures: { "removed files": "4" } }),
    table([""]),
    "refuse",
  ],
  ["that a record of before tells too little of is left alone", history(undefined), table([""]), "refuse"],
];

describe("an undo of a copied history", () => {
  for (const [name, target, standing, expected] of HISTORIES)
    test(name, () => assert.equal(action(decideTable(target, standing)), expected));
});

const registered = (change: Outcome["change"], more: Partial<Outcome> = {}) =>
  undone({ target: "snowflake.LAKE.SALES.ORDERS", metadataFile: "m/3.json", ...(change && { change }), ...more });
const on = (file: string) => ({ managed: false, file });
const REGISTRATIONS = [
  ["that is gone needs nothing", registered({ created: true }), undefined, "nothing"],
  ["of Snowflake's own stays", registered({ created: true }), { managed: true }, "refuse"],
  ["that the job made goes", registered({ created: true }), on("m/3.json"), "drop"],
  [
    "that an older record says was made goes",
    registered(undefined, { notes: ["registered for the first time"] }),
    on("m/3.json"),
    "drop",
  ],
  ["that was refreshed goes back", registered({ metadataFileBefore: "m/2.json" }), on("m/3.json"), "restore m/2.json"],
  ["that went back already needs nothing", registered({ metadataFileBefore: "m/2.json" }), on("m/2.json"), "nothing"],
  ["that stands on another file is left alone", registered({ created: true }), on("m/4.json"), "refuse"],
  [
    "of which an older record does not tell is left alone",
    registered(undefined, { notes: ["refreshed; grants and tags stay"] }),
    on("m/3.json"),
    "refuse",
  ],
] as const;

describe("an undo of a registration", () => {
  for (const [name, target, standing, expected] of REGISTRATIONS)
    test(name, () => assert.equal(action(decideRegistration(target, standing, (a, b) => a === b)), expected));

  test("goes where the later job that moved it on is named", () => {
    const target = registered({ created: true });
    const also = [later({ table: target.outcome.target, metadataFile: "m/4.json" })];
    assert.equal(action(decideRegistration({ ...target, also }, on("m/4.json"), (a, b) => a === b)), "drop");
  });
});
