import { readFileSync } from "node:fs";
import { z } from "zod";
import { checkShape } from "../jobs/parse/check-shape.ts";
import { doubleKeys, parseJson } from "../jobs/parse/json.ts";
import { placed } from "../jobs/parse/problem.ts";
import { notificationsFile } from "../store/data-files.ts";
import type { Layout } from "../store/layout.ts";
import { replaceFile } from "../system/atomic.ts";
import { toJson } from "../system/json.ts";
import { wildcard } from "../system/wildcard.ts";
import { NOTIFIED, type NotificationEvent } from "./events.ts";

const receiverName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "expected lower case letters, digits and -");
// Addresses and keys of receivers are secrets: this file has only the names of variables in `.env`.
const variable = z
  .string()
  .regex(/^NOTIFY_[A-Z0-9_]+$/, "expected the name of a line in .env that begins with NOTIFY_");

const receiver = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("webhook"),
    url: variable.describe("The line in .env that has the address."),
    key: variable.optional().describe("The line in .env that has the key of the signature."),
    body: z.enum(["json", "slack", "teams"]).default("json"),
  }),
  z.strictObject({ kind: z.literal("email"), to: z.array(z.email()).min(1).max(50) }),
]);

const patterns = z.array(z.string().min(1)).max(200).optional();
const rule = z.strictObject({
  events: z.array(z.enum(NOTIFIED)).min(1),
  types: patterns.describe("Types of jobs; all where none is named."),
  tables: patterns.describe("Tables, with * for any signs; all where none is named."),
  people: patterns.describe("Whose jobs; everybody's where nobody is named."),
  slowerThan: z.number().min(1).default(2).describe("How many times the usual time is slow."),
  driftOver: z.number().min(0).default(0).describe("How many snapshots a copy may be behind."),
  to: z.array(receiverName).min(1),
});

/** What `notifications.json` holds: who is told, and of what. */
export const notificationsShape = z.strictObject({
  receivers: z.record(receiverName, receiver).default({}),
  rules: z.array(rule).max(500).default([]),
});

export type NotificationRules = z.output<typeof notificationsShape>;
export type Receiver = NotificationRules["receivers"][string];
export type NotificationRule = NotificationRules["rules"][number];

/** The rules, or what is wrong with them, in sentences with lines. */
export type CheckedRules = { ok: true; rules: NotificationRules } | { ok: false; problems: string[] };

/** Checks the text of `notifications.json`. */
export function parseNotifications(text: string): CheckedRules {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    return { ok: false, problems: [`It is not JSON: ${(error as Error).message}.`] };
  }
  const [twice] = doubleKeys(text, 1);
  if (twice) return { ok: false, problems: [`The key ${twice.join(".")} stands twice: keep the one that is meant.`] };
  const checked = checkShape(notificationsShape, value);
  if (!checked.ok) return { ok: false, problems: placed(checked.problems, text) };
  const rules = checked.data;
  const unknown = [...new Set(rules.rules.flatMap(({ to }) => to))].filter(
    name => !Object.hasOwn(rules.receivers, name),
  );
  const problems = unknown.map(
    name => `There is no receiver "${name}": add it to receivers, or take it out of the rule.`,
  );
  return problems.length > 0 ? { ok: false, problems } : { ok: true, rules };
}

/** The text of `notifications.json`; an empty one where there is no file. */
export function notificationsText({ root }: Pick<Layout, "root">): string {
  try {
    return readFileSync(notificationsFile(root), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return toJson({ receivers: {}, rules: [] });
    throw error;
  }
}

/** Writes `notifications.json` as it was typed. */
export function writeNotifications({ root }: Pick<Layout, "root">, text: string): void {
  replaceFile(notificationsFile(root), text.endsWith("\n") ? text : `${text}\n`);
}

/** The receivers that some rules have for an event, each once. */
export function receiversOf(event: NotificationEvent, rules: NotificationRules): string[] {
  return [...new Set(rules.rules.filter(one => fits(event, one)).flatMap(({ to }) => to))];
}

function fits({ event, job, tables, slower, drift }: NotificationEvent, rule: NotificationRule): boolean {
  if (!rule.events.some(name => name === event)) return false;
  if (rule.types && !(job && rule.types.includes(job.type))) return false;
  if (rule.people && !(job && rule.people.includes(job.submittedBy))) return false;
  const likes = rule.tables?.map(wildcard);
  const isLiked = (name: string) => !likes || likes.some(like => like(name));
  if (likes && !tables.some(isLiked)) return false;
  if (event === "slower than usual") return (slower ?? 0) >= rule.slowerThan;
  if (event === "drift over a limit")
    return (drift ?? []).some(
      ({ table, behind }) => isLiked(table) && (behind === undefined || behind > rule.driftOver),
    );
  return true;
}
