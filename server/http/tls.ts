import { createPrivateKey, type KeyObject, X509Certificate } from "node:crypto";
import { readFileSync, unwatchFile, watchFile } from "node:fs";
import { createServer as createHttpServer, type Server as HttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer, type Server as HttpsServer } from "node:https";
import { type Settings, SettingsError } from "../../core/settings.ts";
import type { Log } from "../../core/system/console-log.ts";

/** What the portal listens with. */
export type PortalServer = HttpServer | HttpsServer;

type TlsSettings = Pick<Settings, "PORTAL_TLS_CERT_FILE" | "PORTAL_TLS_KEY_FILE">;

// Asked for by name, as links of a renewed certificate lead elsewhere, and network disks report no changes.
const LOOK_EVERY = 5_000;
const WARN_BEFORE = 14 * 86_400_000;

/**
 * The server of the portal, not listening yet: with TLS where a certificate is set. A certificate that is replaced is used
 * for the next connection; one that can't be used is told in the log, and the one before stays. Throws a SettingsError
 * where the first can't be used.
 */
export function createPortalServer(
  settings: TlsSettings,
  app: RequestListener,
  log: Pick<Log, "info" | "warn">,
  lookEvery = LOOK_EVERY,
): PortalServer {
  const files = certificateFiles(settings);
  if (!files) return createHttpServer(app);
  const first = readCertificate(files);
  warnOfEnd(first, files, log);
  const server = createHttpsServer({ cert: first.cert, key: first.key, minVersion: "TLSv1.2" }, app);
  reloadOnChange(server, files, log, lookEvery);
  return server;
}

interface CertificateFiles {
  cert: string;
  key: string;
}

/** A certificate and its key, read and checked. */
interface Certificate extends CertificateFiles {
  leaf: X509Certificate;
}

function certificateFiles({ PORTAL_TLS_CERT_FILE, PORTAL_TLS_KEY_FILE }: TlsSettings): CertificateFiles | undefined {
  if (PORTAL_TLS_CERT_FILE && PORTAL_TLS_KEY_FILE) return { cert: PORTAL_TLS_CERT_FILE, key: PORTAL_TLS_KEY_FILE };
  if (!PORTAL_TLS_CERT_FILE && !PORTAL_TLS_KEY_FILE) return undefined;
  const missing = PORTAL_TLS_CERT_FILE ? "PORTAL_TLS_KEY_FILE" : "PORTAL_TLS_CERT_FILE";
  throw new SettingsError(
    `A certificate needs its key: write ${missing}=… into .env, too, or take the other line out.`,
  );
}

function readCertificate(files: CertificateFiles): Certificate {
  const cert = read("PORTAL_TLS_CERT_FILE", files.cert);
  const key = read("PORTAL_TLS_KEY_FILE", files.key);
  const leaf = parsed(
    () => new X509Certificate(cert),
    files.cert,
    "is no certificate: a PEM file with the chain is needed",
  );
  const secret: KeyObject = parsed(
    () => createPrivateKey(key),
    files.key,
    "holds no private key that can be read: a PEM file without a passphrase is needed",
  );
  if (!leaf.checkPrivateKey(secret))
    throw new SettingsError(`The key in ${files.key} does not belong to the certificate in ${files.cert}.`);
  return { cert, key, leaf };
}

function read(setting: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === "ENOENT" ? "is not there" : code === "EACCES" ? "may not be read by the portal" : `(${code})`;
    throw new SettingsError(`${path} ${why}: correct ${setting} in .env, or the file.`);
  }
}

// The reasons that OpenSSL gives name no file and help nobody.
function parsed<T>(parse: () => T, path: string, problem: string): T {
  try {
    return parse();
  } catch {
    throw new SettingsError(`${path} ${problem}.`);
  }
}

function reloadOnChange(
  server: HttpsServer,
  files: CertificateFiles,
  log: Pick<Log, "info" | "warn">,
  every: number,
): void {
  let reported = "";
  const paths = [files.cert, files.key];
  for (const path of paths) watchFile(path, { interval: every, persistent: false }, reload);
  server.once("close", () => {
    for (const path of paths) unwatchFile(path, reload);
  });

  // Of two files one is written first: until the other follows they do not fit, and the next change is looked at again.
  function reload() {
    try {
      const next = readCertificate(files);
      server.setSecureContext({ cert: next.cert, key: next.key, minVersion: "TLSv1.2" });
      log.info(`the certificate in ${files.cert} is used from now on`);
      warnOfEnd(next, files, log);
      reported = "";
    } catch (error) {
      const { message } = error as Error;
      if (message !== reported) log.warn(`The certificate before stays in use: ${message}`);
      reported = message;
    }
  }
}

function warnOfEnd({ leaf }: Certificate, files: CertificateFiles, log: Pick<Log, "warn">): void {
  const end = new Date(leaf.validTo);
  if (end.getTime() - Date.now() > WARN_BEFORE) return;
  const when = end.getTime() < Date.now() ? "has ended" : "ends";
  log.warn(`The certificate in ${files.cert} ${when} on ${end.toISOString().slice(0, 10)}: renew it.`);
}
