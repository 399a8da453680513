import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { test } from "node:test";
import { PROJECT } from "../settings.ts";

/** The floors of the house, lowest first; imports only go down or stay in their own room. */
const FLOORS = [
  ["jobs"],
  ["files"],
  ["settings.ts"],
  ["endpoints.ts", "installed.ts"],
  ["spark", "views"],
  ["tables", "snowflake", "audit", "people", "hdfs"],
  ["csv", "log-formats", "kafka"],
  ["engines"],
  ["worker", "laptop"],
  ["server", "commands"],
  ["start.ts"],
];

const sources = files(PROJECT).filter(path => !/^(tests|bench|node_modules)\b/.test(path));

test("imports only go down", () => {
  const wrong = sources.flatMap(path => {
    const own = floorOf(path);
    return importsOf(path)
      .filter(target => !/^setup\b/.test(target))
      .filter(target => roomOf(target) !== roomOf(path) && floorOf(target) >= own)
      .map(target => `${path} imports ${target}`);
  });
  assert.deepEqual(wrong, []);
});

test("every room has its floor", () => {
  const rooms = new Set(sources.filter(path => path.endsWith(".ts")).map(roomOf));
  assert.deepEqual(
    [...rooms].filter(room => !FLOORS.flat().includes(room)),
    [],
  );
});

test("the worker imports the types of jobs, never an engine", () => {
  const wrong = sources
    .filter(path => path.startsWith("worker"))
    .flatMap(path =>
      importsOf(path).filter(target => /^engines/.test(target) && !/engines\/(list|engine)\.ts$/.test(target)),
    );
  assert.deepEqual(wrong, []);
});

test("files stay small: half of them 60 lines at most, nine in ten 130, none over 260", () => {
  const lines = sources
    .map(path => readFileSync(join(PROJECT, path), "utf8").split("\n").length - 1)
    .sort((a, b) => a - b);
  const at = (share: number) => lines[Math.floor((lines.length - 1) * share)] ?? 0;
  console.log(`${lines.length} files, median ${at(0.5)}, p90 ${at(0.9)}, longest ${lines.at(-1)} lines`);
  assert.ok(at(0.5) <= 60, `median ${at(0.5)}`);
  assert.ok(at(0.9) <= 130, `p90 ${at(0.9)}`);
  const long = files(PROJECT).filter(path => readFileSync(join(PROJECT, path), "utf8").split("\n").length - 1 > 260);
  assert.deepEqual(long, []);
});

test("folders are three deep at most, and no name says nothing", () => {
  assert.deepEqual(
    sources.filter(path => path.split(sep).length > 4),
    [],
  );
  assert.deepEqual(
    sources.filter(path => /(^|\/)(utils?|helpers?|common|misc|manager|service)s?(\.|\/)/.test(path)),
    [],
  );
});

test("no word of a machine or a package registry stands in the project", () => {
  const all = files(PROJECT, /\.(ts|mjs|json|md|xml|txt|sh|example)$|\.ci\/run$|\.npmrc$/);
  const wrong = all
    .filter(path => path !== join("tests", "house.test.ts"))
    .filter(path => FORBIDDEN.test(readFileSync(join(PROJECT, path), "utf8")));
  assert.deepEqual(wrong, []);
});

const FORBIDDEN =
  /(^|[^A-Za-z0-9.])\/(root|work|home\/[a-z]+)\/|"resolved": *"https?:|(index-url|registry) *[=:] *"?https?:/m;

function files(root: string, pattern = /\.(ts|mjs|css)$/): string[] {
  return readdirSync(root, { withFileTypes: true }).flatMap(entry => {
    if (entry.isDirectory()) {
      if (
        [
          "node_modules",
          ".git",
          ".laptop",
          "archive",
          "logs",
          "queue",
          "schedules",
          "uploads",
          "reports",
          "data",
        ].includes(entry.name)
      )
        return [];
      return files(join(root, entry.name), pattern).map(path => join(entry.name, path));
    }
    return entry.isFile() && pattern.test(entry.name) ? [entry.name] : [];
  });
}

function importsOf(path: string): string[] {
  const text = readFileSync(join(PROJECT, path), "utf8");
  const found = [...text.matchAll(/(?:from|import\()\s*"(\.[^"]+)"/g)].map(match => match[1] ?? "");
  return found.map(target => relative(PROJECT, resolve(PROJECT, dirname(path), target)));
}

function roomOf(path: string): string {
  return path.split(sep)[0] ?? "";
}

function floorOf(path: string): number {
  const room = roomOf(path);
  const floor = FLOORS.findIndex(rooms => rooms.includes(room));
  return floor < 0 ? FLOORS.length : floor;
}
