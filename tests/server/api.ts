import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { appendAudit } from "../../core/audit/append-report.ts";
import { newId } from "../../core/jobs/id.ts";
import type { JobRecord } from "../../core/jobs/record.ts";
import type { Role } from "../../core/people/roles.ts";
import { type Layout, runningFiles } from "../../core/store/layout.ts";
import { apiRoutes } from "../../server/api/routes.ts";
import { errorShape } from "../../server/api/shapes.ts";
import { archive } from "../core/audit/archive.ts";
import { startPortal, type TestPortal } from "./portal.ts";

/** An answer of the API. `body` is its JSON, where it is JSON. */
export interface ApiReply {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect, and the shape was checked before.
  body: any;
}

/** A portal, and a client of its API with the token of somebody. */
export interface TestApi extends TestPortal {
  call(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<ApiReply>;
  tokenOf(role: Role): string;
}

/** Starts a portal. Every answer is held against the shape that the API's description promises. */
export async function startApi(
  t: { after(end: () => void): void },
  options: { role?: Role; environment?: Record<string, string>; root?: string } = {},
): Promise<TestApi> {
  const portal = await startPortal(t, { ...options, role: "nobody" });
  const { people, tokens } = portal.auth;
  const tokenOf = (role: Role) => {
    if (!people.get(`api-${role}`)) people.add(`api-${role}`, role);
    return tokens.make(`api-${role}`, "test");
  };
  const own = tokenOf(options.role ?? "operator");
  return {
    ...portal,
    tokenOf,
    async call(method, path, body, headers = {}) {
      await compared(portal);
      const response = await fetch(portal.url + path, {
        method,
        redirect: "manual",
        headers: {
          ...(headers.cookie === undefined && { authorization: `Bearer ${own}` }),
          ...(body !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { body: typeof body === "string" ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      const isJson = response.headers.get("content-type")?.startsWith("application/json");
      const reply = { status: response.status, headers: response.headers, text, body: isJson && JSON.parse(text) };
      if (isJson) holdAgainstShape(method, path, reply);
      return reply;
    },
  };
}

// The index answers of what was archived behind its back once it has compared itself with the archive.
async function compared({ portal: { index } }: TestPortal): Promise<void> {
  do {
    index.refresh();
    await sleep(10);
  } while (index.reconciling());
}

/** Archives a job as a worker does it, so that the index sees it with its next look. */
export function endedJob(layout: Layout, before?: JobRecord, given: Partial<JobRecord> = {}): JobRecord {
  const record = archive(layout, before, given);
  appendAudit(layout, record);
  return record;
}

/** A job as it lies there while a worker has it. */
export function runningJob(layout: Layout, { parameters = {}, submittedBy = "ada" } = {}): string {
  const id = newId("ingest-hive");
  const files = runningFiles(layout, id);
  const at = new Date().toISOString();
  const origin = { via: "portal", submittedBy, submittedAt: at };
  writeFileSync(files.job, JSON.stringify({ type: "ingest-hive", parameters }));
  const claim = {
    id,
    type: "ingest-hive",
    attempt: 1,
    claimNumber: 1,
    host: "here",
    claimedAt: at,
    origin,
    trusted: true,
  };
  writeFileSync(files.claim, JSON.stringify({ ...claim, takenFrom: `${id}.json`, sessions: [] }));
  return id;
}

/** Writes a file of logs/. */
export function writeLog(layout: Layout, name: string, text: string): void {
  mkdirSync(layout.logs, { recursive: true });
  writeFileSync(join(layout.logs, name), text);
}

function holdAgainstShape(method: string, path: string, { status, body }: ApiReply): void {
  if (status >= 400) return void errorShape.parse(body);
  const route = apiRoutes.find(
    known => known.method === method.toLowerCase() && patternOf(known.path).test(path.split("?")[0] ?? ""),
  );
  assert.ok(route, `${method} ${path} is not described`);
  assert.equal(status, route.answers.status ?? 200);
  if ("shape" in route.answers) route.answers.shape.parse(body);
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/:\w+/g, "[^/]+")}$`);
}
