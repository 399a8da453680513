import { once } from "node:events";
import { userInfo } from "node:os";
import { isPortalSecure, launchHash, portalAddress, recordEndpoint } from "../core/endpoints.ts";
import { PERSON_NAME } from "../core/people/roles.ts";
import { readSettingsWithoutSecrets, type Settings } from "../core/settings.ts";
import { openLog } from "../core/system/console-log.ts";
import { makeFilesPrivate } from "../core/system/private.ts";
import { identityOf } from "../core/system/process-identity.ts";
import { trustAuthorities } from "../core/tls/authorities.ts";
import { createPortalServer, type PortalServer } from "./http/tls.ts";
import { type Opened, openPortal } from "./portal.ts";

makeFilesPrivate();
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
  trustAuthorities(settings);
  const opened = await openPortal(settings, message => log.error(message));
  const server = createPortalServer(settings, opened.app, log);
  server.listen(settings.PORTAL_PORT, settings.PORTAL_HOST);
  await Promise.race([
    once(server, "listening"),
    once(server, "error").then(([error]) => Promise.reject(inUse(error, settings))),
  ]);
  const address = portalAddress(settings);
  const me = identityOf(process.pid);
  if (me)
    recordEndpoint(settings, "portal", { ...me, url: address, version: "", owner: me, launch: launchHash(address) });
  if (!isLoopback(settings.PORTAL_HOST) && !isPortalSecure(settings))
    log.warn(
      `The portal listens on ${settings.PORTAL_HOST} without TLS: passwords and sessions can be read on the way. Set PORTAL_TLS_CERT_FILE and PORTAL_TLS_KEY_FILE, or put a proxy with TLS in front and set PORTAL_ORIGIN=https://…`,
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
function welcomeLink({ auth }: Opened, address: string): string {
  const first = auth.people.all().find(member => member.role === "administrator" && !member.disabled);
  const { username } = userInfo();
  const name = first?.name ?? (PERSON_NAME.test(username) ? username : "administrator");
  const owner = auth.people.get(name) ?? auth.people.add(name, "administrator");
  return `${address}/welcome?link=${auth.tokens.link(owner.name)}`;
}

function stop(server: PortalServer, opened: Opened, settings: Settings): void {
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
