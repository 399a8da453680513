import assert from "node:assert/strict";
import { test } from "node:test";
import { templateGroups } from "../../../formats/logs/template-groups.ts";

const kindsOf = (lines: string[]) => new Set(lines.map(line => templateGroups(lines).get(line) ?? line));

test("lines that differ by a user, a host or both are of one kind", () => {
  const users = ["ann", "bob", "cyrus", "news", "zoe"];
  assert.deepEqual(
    [...kindsOf(users.map(user => `session opened for ${user} by root`))],
    ["session opened for <*> by root"],
  );
  const both = users.map((user, i) => `Accepted publickey for ${user} from ${"abcde"[i]}.intern port <*> ssh2`);
  assert.deepEqual([...kindsOf(both)], ["Accepted publickey for <*> from <*> port <*> ssh2"]);
});

test("messages that differ by a word of theirs stay apart", () => {
  const lines = ["session opened for user <*>", "session closed for user <*>", "session started", "session ended"];
  assert.equal(kindsOf(lines).size, 4);
  const verbs = ["Starting task <*>", "Stopping task <*>", "Killing task <*>", "Finished task <*>", "Running task <*>"];
  assert.equal(kindsOf(verbs).size, 5);
});

test("what stands around a name stays, and texts in quotes are names", () => {
  const lines = ["a", "b", "c", "d"].map(name => `Worker w_${name}, of pool main_${name}: lost`);
  assert.deepEqual([...kindsOf(lines)], ["Worker <*>, of pool <*>: lost"]);
  assert.deepEqual([...kindsOf(['column "a b" is gone', 'column "c" is gone'])], ['column "<*>" is gone']);
});

test("values of one place come together: dates, lists of addresses, nothing in brackets, a source with its number", () => {
  for (const [lines, kind] of [
    [
      ["call from <*> (<*>) at <*> Jun <*> <*> <*>", "call from <*> () at <*> Jul  <*> <*> <*>"],
      "call from <*> (<*>) at <*>",
    ],
    [['<*> "GET /a" status: <*>', '<*>,<*> "GET /b" status: <*>'], '<*> "GET <*>" status: <*>'],
    [["Invalid user <*> from <*>", "Invalid user  <*> from <*>"], "Invalid user <*> from <*>"],
    [["clock set by <*>, level <*>", "clock set by LOCAL(<*>), level <*>"], "clock set by <*>, level <*>"],
  ] as const)
    assert.deepEqual([...kindsOf([...lines])], [kind]);
});

test("methods of requests, what is true or false, and the name of a value are messages of their own", () => {
  for (const lines of [
    ['<*> "GET /a" status: <*>', '<*> "DELETE /a" status: <*>'],
    ["panel is.open:true at <*>", "panel is.open:false at <*>"],
    ["HBM brightIn =<*>", "HBM brightOut =<*>"],
    ["session opened for user <*> by (uid=<*>)", "session opened for user <*> by LOGIN(uid=<*>)"],
  ])
    assert.equal(kindsOf(lines).size, 2, lines[0]);
});
