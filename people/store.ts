import { createHash, randomBytes } from "node:crypto";
import { chmodSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Layout } from "../files/layout.ts";

const SCHEMA = `
  create table if not exists people (name text primary key, role text not null, hash text, disabled integer not null default 0, created text not null) strict;
  create table if not exists sessions (hash text primary key, person text not null, created integer not null, seen integer not null, notice text) strict;
  create table if not exists tokens (id text primary key, hash text not null unique, person text not null, label text not null, created text not null, used text) strict;
  create table if not exists links (hash text primary key, person text not null, expires integer not null) strict;
`;

/** Opens `people.db`: who may come in. Only hashes of passwords, sessions, tokens and links stand in it. */
export function openPeopleDb({ root }: Pick<Layout, "root">): DatabaseSync {
  const path = join(root, "people.db");
  const db = new DatabaseSync(path, { timeout: 5_000 });
  chmodSync(path, 0o600);
  db.exec("pragma journal_mode = wal; pragma synchronous = normal");
  db.exec(SCHEMA);
  return db;
}

/** A secret that nobody guesses, for a session, a token or a link. */
export function newSecret(): string {
  return randomBytes(32).toString("base64url");
}

/** What is kept of such a secret. It has 256 random bits, so a fast hash is enough. */
export function hashOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex");
}
