import type { ChildProcess } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { isHiddenFromPortal, PROJECT, type Settings, settingsEnvironment } from "../core/settings.ts";
import { laptopFolders } from "./folders.ts";
import { freePort } from "./ports.ts";

/** The portal of a start: its process, and the link that logs somebody in. */
export interface StartedPortal {
  child: ChildProcess;
  link: string;
}

/** How Node runs the portal: `npm run portal` has the same. Pages are short-lived text, so little room for the young is enough. */
export const PORTAL_FLAGS = ["--max-semi-space-size=4", "--optimize-for-size"];

/**
 * Starts the portal, with no secret in its environment but its own. It ends when this process does, however that ends: the channel
 * between them closes. What it says goes to a file of its own.
 */
export async function startPortalProcess(settings: Settings): Promise<StartedPortal> {
  const { logs } = laptopFolders(settings.LAPTOP_DIR);
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  // execa passes any open file on; its types name the first few only.
  const log = openSync(join(logs, "portal.log"), "a", 0o600) as 3;
  const port = await freePort(settings.PORTAL_PORT);
  const env = Object.fromEntries(Object.entries(settingsEnvironment()).filter(([name]) => !isHiddenFromPortal(name)));
  const portal = execa(process.execPath, [...PORTAL_FLAGS, join(PROJECT, "server", "main.ts")], {
    ...{ detached: true, cleanup: false, reject: false, buffer: false, ipc: true },
    env: { ...env, PORTAL_PORT: String(port) },
    extendEnv: false,
    stdio: ["ignore", log, log],
  });
  // It fails where the portal ends before it has said anything.
  const message = await portal.getOneMessage().catch(() => undefined);
  if (message !== undefined)
    return { child: portal.nodeChildProcess, link: String((message as { link?: unknown }).link) };
  const { exitCode, signal } = await portal;
  const how = signal ?? `exit code ${exitCode}`;
  throw new Error(`The portal did not start (${how}): see the end of ${join(logs, "portal.log")}.`);
}
