import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestContext } from "node:test";
import { writeNotifications } from "../../../core/notifications/rules.ts";
import { readSettings } from "../../../core/settings.ts";
import { type Layout, layoutOf, prepareLayout } from "../../../core/store/layout.ts";
import { type Log, silent } from "../../../core/system/console-log.ts";
import { createNotifications } from "../../../worker/notifications/notifications.ts";
import { SENDING } from "../../../worker/notifications/sender.ts";
import { outcomeOf, recordOf } from "../../core/notifications/record.ts";

/** Messages are looked for and tried again at once. */
export const QUICKLY = { ...SENDING, lookEvery: 20, retryBase: 10 };

/** What a receiver was sent. */
export interface Received {
  headers: IncomingMessage["headers"];
  body: string;
}

/** A receiver of webhooks, and what it was sent. It answers 200, or what the test does. */
export async function receiver(t: TestContext, answer?: (received: Received[], response: ServerResponse) => void) {
  const received: Received[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    received.push({ headers: request.headers, body: Buffer.concat(parts).toString() });
    if (answer) answer(received, response);
    else response.end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a-secret-path`, received };
}

/** A data folder, which goes with the test. */
export function folder(t: TestContext): Layout {
  const root = mkdtempSync(join(tmpdir(), "portal-notifications-"));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  const layout = layoutOf(root);
  prepareLayout(layout);
  return layout;
}

/** Writes one rule: these events to all of these receivers. */
export function write(layout: Layout, receivers: object, events = ["job failed"]): void {
  const rules = [{ events, to: Object.keys(receivers) }];
  writeNotifications(layout, JSON.stringify({ receivers, rules }));
}

/** The notifications of a worker, which wait for nobody. */
export function tell(
  t: TestContext,
  layout: Layout,
  secrets: Record<string, string>,
  environment = {},
  log: Log = silent,
) {
  const settings = readSettings({ ...environment, DATA_DIR: layout.root }, "/nowhere/.env");
  const made = createNotifications({ layout, settings, log, secretOf: name => secrets[name], timing: QUICKLY });
  t.after(() => made.close());
  return made;
}

/** A job that failed. */
export const failed = recordOf({
  status: "failed",
  error: { message: "1 of 1 tables failed: sales.orders" },
  tables: [outcomeOf({ outcome: "failed" })],
});
