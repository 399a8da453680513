import { createHash, randomBytes } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { peopleFile } from "../store/data-files.ts";
import type { Layout } from "../store/layout.ts";
import { openPrivateDatabase } from "../system/private.ts";

const SCHEMA = `
  create table if not exists people (name text primary key, role text not null, hash text, disabled integer not null default 0, created text not null, identity text) strict;
  create table if not exists sessions (hash text primary key, person text not null, created integer not null, seen integer not null, notice text, agent text, address text, by text) strict;
  create table if not exists tokens (id text primary key, hash text not null unique, person text not null, label text not null, created text not null, used text) strict;
  create table if not exists views (person text not null, page text not null, name text not null, query text not null, primary key (person, page, name)) strict;
  create table if not exists links (hash text primary key, person text not null, expires integer not null) strict;
`;

/** Opens `people.db`: who may come in. Only hashes of passwords, sessions, tokens and links stand in it. */
export function openPeopleDb({ root }: Pick<Layout, "root">): DatabaseSync {
  const path = peopleFile(root);
  const db = openPrivateDatabase(path, { timeout: 5_000 });
  db.exec("pragma journal_mode = wal; pragma synchronous = normal");
  db.exec(SCHEMA);
  for (const [table, column] of LATER) addColumn(db, table, column);
  return db;
}

// Columns that a database of an earlier version lacks.
const LATER = [
  ["people", "identity"],
  ["sessions", "by"],
  ["sessions", "agent"],
  ["sessions", "address"],
] as const;

function addColumn(db: DatabaseSync, table: string, column: string): void {
  const columns = db.prepare("select name from pragma_table_info(?)").all(table);
  if (!columns.some(({ name }) => name === column)) db.exec(`alter table ${table} add column ${column} text`);
}

/** A secret that nobody guesses, for a session, a token or a link. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** What is kept of such a secret. It has 256 random bits, so a fast hash is enough. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
