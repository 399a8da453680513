import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type LogWorld, logWorld, type Made } from "./world.ts";

/** A file of a kind of log that was read wrongly once, and what is right of it. */
export interface Member extends Omit<Made, "content"> {
  lines: readonly (string | object)[];
  format?: RegExp;
  /** The level of each row in order; `-` for one that was not understood. */
  levels: string;
  times?: (string | null)[];
  seconds?: (number | null)[];
}

/** The day on which members happen. */
export const DAY = "2024-05-06";

/** An object of a log, and a line of syslog, of that day. */
export const json = (second: number, rest: object) => ({ time: `${DAY}T10:00:0${second}Z`, msg: "x", ...rest });
export const may = (second: number, rest: string) => `May  6 10:00:${String(second).padStart(2, "0")} h ${rest}`;

/** Makes a test of each kind: all its members are read by one statement. */
export function testMembers(kinds: Readonly<Record<string, Record<string, Member>>>): void {
  const ends: (() => unknown)[] = [];
  let world: LogWorld | undefined;
  after(async () => {
    for (const end of ends) await end();
  });

  for (const [kind, members] of Object.entries(kinds))
    test(`of each kind more than one: ${kind}`, async () => {
      world ??= await logWorld({ after: end => void ends.push(end as () => unknown) });
      const made = Object.entries(members).map(
        ([name, { lines, format: _, levels: __, times: ___, seconds: ____, ...said }]) => {
          const texts = lines.map(line => (typeof line === "string" ? line : JSON.stringify(line)));
          return [name, { content: `${texts.join("\n")}\n`, ...said }] as const;
        },
      );
      const read = await world.read(Object.fromEntries(made));
      for (const [name, { format, levels, times, seconds }] of Object.entries(members)) {
        const rows = read[name] ?? [];
        assert.equal(rows.map(row => (row.parsed ? row.level : "-")).join(" "), levels, name);
        if (format) assert.match(String(rows[0]?.format), format, name);
        if (times)
          assert.deepEqual(
            rows.map(row => row.time),
            times,
            name,
          );
        if (seconds)
          assert.deepEqual(
            rows.map(row => row.seconds),
            seconds,
            name,
          );
      }
    });
}
