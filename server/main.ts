import { once } from "node:events";
import type { Server } from "node:http";
import { userInfo } from "node:os";
import { launchHash, recordEndpoint } from "../endpoints.ts";
import { identityOf } from "../files/process-identity.ts";
import { PERSON_NAME } from "../jobs/people.ts";
import { readSettingsWithoutSecrets, type Settings } from "../settings.ts";
import { openLog } from "../worker/print.ts";
import { type Opened, openPortal } from "./portal.ts";

const log = openLog();
process.stdout.on("error", () => {});

try {
  await main();
} catch (error) {
  log.error((error as Error).message);
  process.exit(1);
}

// `npm run portal`, and what `npm start` starts: listens, prints the link, ends on a signal.
async function main(): Promise<void> {
  const settings = readSettingsWithoutSecrets();
  const opened = await openPortal(settings, message => log.error(message));
  const server = opened.app.listen(settings.PORTAL_PORT, settings.PORTAL_HOST);
  await Promise.race([
    once(server, "listening"),
    once(server, "error").then(([error]) => Promise.reject(inUse(error, settings))),
  ]);
  const address = settings.PORTAL_ORIGIN ?? `http://${hostOf(settings.PORTAL_HOST)}:${settings.PORTAL_PORT}`;
  const me = identityOf(process.pid);
  if (me)
    recordEndpoint(settings, "portal", { ...me, url: address, version: "", owner: me, launch: launchHash(address) });
  if (!isLoopback(settings.PORTAL_HOST) && !settings.PORTAL_ORIGIN?.startsWith("https:"))
    log.warn(
      `The portal listens on ${settings.PORTAL_HOST} without TLS: passwords and sessions can be read on the way. Put a proxy with TLS in front and set PORTAL_ORIGIN=https://…`,
    );
  const link = settings.AUTH === "local" ? welcomeLink(opened, address) : address;
  log.info(`the portal listens: ${link}`);
  process.send?.({ link });
  // Whoever started it is gone.
  process.once("disconnect", () => stop(server, opened, settings));
  for (const signal of ["SIGTERM", "SIGHUP", "SIGINT"] as const)
    process.on(signal, () => stop(server, opened, settings));
}

// The first start makes the person at this machine an administrator; every start prints a link for one.
function welcomeLink({ doors }: Opened, address: string): string {
  const first = doors.people.all().find(member => member.role === "administrator" && !member.disabled);
  const { username } = userInfo();
  const name = first?.name ?? (PERSON_NAME.test(username) ? username : "administrator");
  const owner = doors.people.get(name) ?? doors.people.add(name, "administrator");
  return `${address}/welcome?link=${doors.tokens.link(owner.name)}`;
}

function stop(server: Server, opened: Opened, settings: Settings): void {
  recordEndpoint(settings, "portal", undefined);
  server.close(() => {
    opened.close();
    process.exit(0);
  });
  server.closeIdleConnections();
  setTimeout(() => process.exit(0), 3_000).unref();
}

function inUse(error: NodeJS.ErrnoException, { PORTAL_PORT }: Settings): Error {
  if (error.code !== "EADDRINUSE") return error;
  return new Error(
    `Port ${PORTAL_PORT} is taken by another program: write PORTAL_PORT=… into .env, or end that program.`,
  );
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || /^127\./.test(host);
}

function hostOf(host: string): string {
  return host.includes(":") ? `[${host}]` : host === "0.0.0.0" ? "127.0.0.1" : host;
}
