import assert from "node:assert/strict";
import { before, test } from "node:test";
import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import { access } from "../../../formats/logs/formats/access.ts";
import { addressIn } from "../../../formats/logs/formats/syslog.ts";
import { parsing } from "../../../formats/logs/parse.ts";
import { levelOfMessage } from "../../../formats/logs/severity.ts";
import { maskPath, templateOf } from "../../../formats/logs/template-groups.ts";
import { type Line, logWorld } from "./world.ts";

const TEMPLATES: Record<string, string> = {
  "Finished task 0.0 in stage 12.0 (TID 7). 2703 bytes": "Finished task <*> in stage <*> (TID <*>). <*> bytes",
  "Connection from 10.0.0.1:5432: refused": "Connection from <*>: refused",
  "block blk_-1608999687919862906 is 0xDEADBEEF": "block <*> is <*>",
  "id 123e4567-e89b-12d3-a456-426614174000, user=42": "id <*>, user=<*>",
  "Deleting /var/tmp/spark and /x": "Deleting <*> and /x",
  "cannot open C:\\logs and it's <b>bad</b>": "cannot open C:\\logs and it's <b>bad</b>",
  "from 2001:db8::1 port 22": "from <*> port <*>",
  "first line\nsecond 1": "first line",
};

const ADDRESSES: Record<string, string | null> = {
  "from 10.0.0.1:22 to 10.0.0.2": "10.0.0.1",
  "version 1.2.3.4.5": null,
  "at 12:30:45 std::abc": null,
  "connection from 2001:db8::1 port 22": "2001:db8::1",
  "rhost=::1 user=x": "::1",
};

const LEVELS: Record<string, string> = {
  "no ERRORS": "info",
  "Failed password": "error",
  terrors: "info",
  "nfs: server not responding": "warn",
  Warning: "warn",
  "warning: disk failure": "error",
};

let found: Record<string, Line[]>;
let distinct: Line | undefined;
let streamed: Line[];

before(async () => {
  const ends: (() => unknown)[] = [];
  const world = await logWorld({ after: end => void ends.push(end as () => unknown) });
  const asked = async (texts: object, sql: string) => {
    const values = Object.keys(texts).map(text => `(${sparkLiteral(text)})`);
    return await world.rows(`select text, ${sql} as found from values ${values.join(", ")} as v(text)`);
  };
  try {
    found = {
      templates: await asked(TEMPLATES, templateOf("text")),
      addresses: await asked(ADDRESSES, addressIn("text")),
      levels: await asked(LEVELS, levelOfMessage("text")),
      paths: await asked({ "/v2/users/77/x7": "", "/usr/admin": "" }, maskPath("text")),
    };
    const message = "concat('job ', translate(cast(id as string), '0123456789', 'abcdefghij'), ' took ', id)";
    [distinct] = await world.rows(`select count(distinct ${templateOf(message)}) as n from range(200000)`);
    const line = '1.2.3.4 - - [27/Dec/2037:12:00:00 +0530] "GET / HTTP/1.0" 404 1';
    const relation = `select 7 as offset, v as raw from values (${sparkLiteral(line)}), ('x') as t(v)`;
    streamed = await world.rows(parsing(access, relation, { timeZone: "UTC" }));
  } finally {
    for (const end of ends) await end();
  }
});

const pairs = (name: string) => Object.fromEntries((found[name] ?? []).map(row => [row.text, row.found]));

test("numbers, ids, addresses and paths are taken out of a message", () => {
  assert.deepEqual(pairs("templates"), TEMPLATES);
  assert.deepEqual(pairs("paths"), { "/v2/users/77/x7": "/<*>/users/<*>/<*>", "/usr/admin": "/usr/admin" });
});

test("messages of 200,000 kinds are of 200,000 kinds", () => {
  assert.equal(distinct?.n, 200_000);
});

test("the first address that a message names, of IPv4 or IPv6", () => {
  assert.deepEqual(pairs("addresses"), ADDRESSES);
});

test("the level of a message is that of its words", () => {
  assert.deepEqual(pairs("levels"), LEVELS);
});

test("any relation with a column raw can be parsed, and keeps its other columns", () => {
  assert.deepEqual(
    streamed.map(({ offset, parsed, status, level }) => [offset, parsed, status, level]),
    [
      [7, true, 404, "warn"],
      [7, false, null, null],
    ],
  );
  assert.deepEqual(Object.keys(streamed[0] ?? {}).slice(0, 6), ["offset", "raw", "parsed", "time", "level", "message"]);
});
