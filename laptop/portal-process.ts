import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, openSync } from "node:fs";
import { join } from "node:path";
import { PROJECT, SECRETS, type Settings, settingsEnvironment } from "../settings.ts";
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
 * Starts the portal, with no secret in its environment. It ends when this process does, however that ends: the channel
 * between them closes. What it says goes to a file of its own.
 */
export async function startPortal(settings: Settings): Promise<StartedPortal> {
  const { logs } = laptopFolders(settings.LAPTOP_DIR);
  mkdirSync(logs, { recursive: true, mode: 0o700 });
  const log = openSync(join(logs, "portal.log"), "a", 0o600);
  const port = await freePort(settings.PORTAL_PORT);
  const env = Object.fromEntries(Object.entries(settingsEnvironment()).filter(([name]) => !isSecret(name)));
  const child = spawn(process.execPath, [...PORTAL_FLAGS, join(PROJECT, "server", "main.ts")], {
    detached: true,
    env: { ...env, PORTAL_PORT: String(port) },
    stdio: ["ignore", log, log, "ipc"],
  });
  const link = await new Promise<string>((listening, failed) => {
    child.once("message", message => listening(String((message as { link?: unknown }).link)));
    child.once("exit", code =>
      failed(new Error(`The portal did not start (exit code ${code}): see the end of ${join(logs, "portal.log")}.`)),
    );
  });
  return { child, link };
}

function isSecret(name: string): boolean {
  return (SECRETS as readonly string[]).includes(name);
}
