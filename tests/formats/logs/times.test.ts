import assert from "node:assert/strict";
import { before, test } from "node:test";
import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import { anyTime } from "../../../formats/logs/times/any-time.ts";
import { timestamp } from "../../../formats/logs/times/times.ts";
import { logWorld } from "./world.ts";

const CLOCKS = [
  "2019-03-31 01:59:59",
  "2019-03-31 02:30:00",
  "2019-10-27 01:30:00",
  "2019-10-27 02:30:00",
  "2019-10-27 03:00:00",
];

const WRITTEN: Record<string, string | null> = {
  "2024-02-29T10:00:00Z": "2024-02-29T10:00:00Z",
  "2024-02-29 10:00:00,250": "2024-02-29T09:00:00.25Z",
  "2024/02/29 10:00": "2024-02-29T09:00:00Z",
  "20240229 10:00:00 +0530": "2024-02-29T04:30:00Z",
  "2024-02-29": "2024-02-28T23:00:00Z",
  "2023-02-29 10:00:00": null,
  "29/Feb/2024:10:00:00 +0000": "2024-02-29T10:00:00Z",
  "29 February 2024 10:00:00": "2024-02-29T09:00:00Z",
  "31/12/2024 10:00:00": "2024-12-31T09:00:00Z",
  "12/31/2024 10:00:00": "2024-12-31T09:00:00Z",
  "02/03/2024 10:00:00": "2024-02-03T09:00:00Z",
  "1709200800": "2024-02-29T10:00:00Z",
  "1709200800.5": "2024-02-29T10:00:00.5Z",
  "1709200800123": "2024-02-29T10:00:00.123Z",
  "1709200800123456": "2024-02-29T10:00:00.123456Z",
  "1709200800123456789": "2024-02-29T10:00:00.123456Z",
  yesterday: null,
  "": null,
};

let clocks: unknown[];
let written: Record<string, unknown>;

before(async () => {
  const ends: (() => unknown)[] = [];
  const world = await logWorld({ after: end => void ends.push(end as () => unknown) });
  try {
    const values = (texts: string[]) => texts.map((text, at) => `(${at}, ${sparkLiteral(text)})`).join(", ");
    const local = timestamp("left(text, 10)", "substr(text, 12)", undefined, "Europe/Berlin");
    const rows = await world.rows(`select ${local} as t from values ${values(CLOCKS)} as v(at, text) order by at`);
    clocks = rows.map(row => row.t);
    const any = await world.rows(
      `select text, ${anyTime("text", "Europe/Berlin")} as t from values ${values(Object.keys(WRITTEN))} as v(at, text)`,
    );
    written = Object.fromEntries(any.map(({ text, t }) => [text, t]));
  } finally {
    for (const end of ends) await end();
  }
});

test("an hour that is left out is the one after; an hour that comes twice is the first of them", () => {
  assert.deepEqual(clocks, [
    "2019-03-31T00:59:59Z",
    "2019-03-31T01:30:00Z",
    "2019-10-26T23:30:00Z",
    "2019-10-27T00:30:00Z",
    "2019-10-27T02:00:00Z",
  ]);
});

test("times as people write them; one that does not exist is none", () => {
  assert.deepEqual(written, WRITTEN);
});
