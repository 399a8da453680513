import assert from "node:assert/strict";
import { test } from "node:test";
import type { IcebergTable, Snapshot } from "../../../connectors/iceberg/iceberg.ts";
import { nothing } from "../../../engines/table-copy/move.ts";
import {
  decideTarget,
  EXPIRED,
  type IfExists,
  PROVEN,
  type Refuse,
  writtenBy,
} from "../../../engines/table-copy/target.ts";

const SOURCE = "hive.sales.orders";
const TARGET = "lake.sales.orders";
const NAME = { catalog: "lake", namespace: "sales", table: "orders" };
const HINT = 'To replace it all the same, set "ifExists": "replace"; to keep it, choose another namespace.';

interface Case {
  existing?: Partial<IcebergTable>;
  ifExists?: IfExists;
  sameLayout?: boolean;
  action: string;
  why: string;
  hint?: string;
}

const OWN = table({ "portal.source": SOURCE }, snapshot("7", { "portal.job": "j1" }));

const CASES: Readonly<Record<string, Case>> = {
  "a target that is not there is created": {
    action: "create",
    why: "12 files; the target is not there yet",
  },
  "a target that is not there is created though the job skips those that are": {
    ifExists: "skip",
    action: "create",
    why: "12 files; the target is not there yet",
  },
  "a target of the portal's own is replaced in one step": {
    existing: OWN,
    action: "replace",
    why: "12 files; its rows are replaced in one step",
  },
  "a target of the portal's own whose layout changed is replaced as a whole": {
    existing: OWN,
    sameLayout: false,
    action: "replace",
    why: "12 files; columns or partitioning changed: the table is replaced",
  },
  "a target of the portal's own is left where the job skips": {
    existing: OWN,
    ifExists: "skip",
    action: "skipped",
    why: `${TARGET} is there already, and ifExists is "skip".`,
  },
  "a target of the portal's own fails where the job must find none": {
    existing: OWN,
    ifExists: "fail",
    action: "failed",
    why: `${TARGET} is there already, and ifExists is "fail".`,
  },
  "a source that is written in another case of letters is the same": {
    existing: table({ "portal.source": "Hive.SALES.orders" }, snapshot("7", { "portal.job": "j1" })),
    action: "replace",
    why: "12 files; its rows are replaced in one step",
  },
  "a target that the portal made and that holds no snapshot is its own": {
    existing: table({ "portal.source": SOURCE }),
    action: "replace",
    why: "12 files; its rows are replaced in one step",
  },
  "a target that holds no snapshot any more is the portal's own, though one was proven": {
    existing: table({ "portal.source": SOURCE, [PROVEN]: "7" }),
    action: "replace",
    why: "12 files; its rows are replaced in one step",
  },
  "a target that was only compacted since is the portal's own": {
    existing: { ...OWN, current: snapshot("9", { "engine-name": "trino" }) },
    action: "replace",
    why: "12 files; its rows are replaced in one step",
  },
  "a target whose proven snapshot could not carry the job is the portal's own": {
    existing: table({ "portal.source": SOURCE, [PROVEN]: "7" }, snapshot("7", {})),
    action: "replace",
    why: "12 files; its rows are replaced in one step",
  },
  "a target that changed after its proven snapshot is not touched": {
    existing: table({ "portal.source": SOURCE, [PROVEN]: "6" }, snapshot("7", {})),
    action: "failed",
    why: `${TARGET} was changed by somebody else; last written 2026-11-24 10:00 by an unknown program.`,
    hint: HINT,
  },
  "a target that somebody else wrote to is not touched": {
    existing: table({ "portal.source": SOURCE }, snapshot("7", { "engine-name": "trino" })),
    action: "failed",
    why: `${TARGET} was changed by somebody else; last written 2026-11-24 10:00 by trino.`,
    hint: HINT,
  },
  "a target that holds another source is not touched": {
    existing: table({ "portal.source": "hive.sales.items" }, snapshot("7", { "portal.job": "j1" })),
    action: "failed",
    why: `${TARGET} holds hive.sales.items; last written 2026-11-24 10:00 by an unknown program.`,
    hint: HINT,
  },
  "a target that the portal did not make is not touched": {
    existing: table({}),
    action: "failed",
    why: `${TARGET} was not made by this portal.`,
    hint: HINT,
  },
  "a target that the portal did not make is replaced where the job says so": {
    existing: table({}),
    ifExists: "replace",
    action: "replace",
    why: "12 files; its rows are replaced in one step",
  },
  "of a compacted target whose last change has expired nothing is said that is not known": {
    existing: { ...table({ "portal.source": SOURCE }), current: { ...snapshot("8", {}), operation: "replace" } },
    action: "failed",
    why: `${TARGET} was compacted, and ${EXPIRED}.`,
    hint: HINT,
  },
  "a view is never replaced": {
    existing: { ...table({}), view: true },
    ifExists: "replace",
    action: "failed",
    why: `${TARGET} is a view.`,
    hint: "Choose another namespace, or drop the view first.",
  },
  "a view fails where the job skips: it holds no copy": {
    existing: { ...table({}), view: true },
    ifExists: "skip",
    action: "failed",
    why: `${TARGET} is a view.`,
    hint: "Choose another namespace, or drop the view first.",
  },
};

for (const [name, { existing, ifExists = "replace-own", sameLayout = true, ...expected }] of Object.entries(CASES))
  test(name, () => {
    const found = existing && { ...table({}), ...existing };
    const detail = { ...nothing(NAME), sameLayout, ...(found && { existing: found }) };
    const step = decideTarget({ table: SOURCE, target: TARGET, detail }, ifExists, "12 files", refuse);
    const { action, why, ended } = step;
    assert.deepEqual({ action, why, ...(ended?.error.hint && { hint: ended.error.hint }) }, expected);
    assert.equal(
      ended?.outcome,
      ["failed", "skipped"].find(outcome => outcome === action),
    );
  });

const WRITERS: Readonly<Record<string, [summary: Record<string, string>, writer: string]>> = {
  "a writer is named by its application": [{ "app-name": "nightly", "engine-name": "spark" }, "nightly"],
  "a writer that has no application is named by its engine": [{ "engine-name": "trino" }, "trino"],
  "a writer's application is told by its number too": [{ "app-name": "nightly", "app-id": "a-1" }, "nightly (a-1)"],
  "a writer that left no name is unknown": [{}, "an unknown program"],
};

for (const [name, [summary, writer]] of Object.entries(WRITERS))
  test(name, () =>
    assert.equal(writtenBy(table({}, snapshot("7", summary))), `; last written 2026-11-24 10:00 by ${writer}`),
  );

test("a table that nobody wrote to has no writer", () => assert.equal(writtenBy(table({})), ""));

test("a compaction does not hide who changed the rows", () => {
  const changed = snapshot("7", { "app-name": "nightly" });
  const compacted = snapshot("8", { "app-name": "optimizer" });
  assert.match(writtenBy({ ...table({}, changed), current: compacted }), /by nightly$/);
  assert.equal(writtenBy({ ...table({}), current: compacted }), "", "nor does it stand for one that has expired");
});

function refuse(...[error, outcome]: Parameters<Refuse>): ReturnType<Refuse> {
  return {
    ...{ table: SOURCE, target: TARGET, action: outcome, why: error.message },
    ...{ ended: { outcome, error }, detail: nothing(NAME) },
  };
}

function table(properties: Record<string, string>, lastChange?: Snapshot): IcebergTable {
  const written = lastChange && { current: lastChange, lastChange };
  return { properties, partitioning: [], columnComments: {}, ...written };
}

function snapshot(id: string, summary: Record<string, string>): Snapshot {
  return { id, at: "2026-11-24 10:00", summary };
}
