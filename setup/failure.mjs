/** Setting up cannot go on; the message says what happened and what to do. */
export class SetupError extends Error {}

const OFFLINE =
  /getaddrinfo|ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|name resolution|Name or service not known|Network is unreachable|Connection refused|timed out|NewConnectionError|UnknownHostException|Server access error|from versions: none|ConnectException|No route to host/i;
const UNTRUSTED = /CERTIFICATE_VERIFY_FAILED|PKIX path|SELF_SIGNED_CERT|unable to get local issuer/i;
const FULL = /ENOSPC|No space left on device/i;
const BROKEN =
  /EINTEGRITY|Z_BUF_ERROR|BadZipFile|not a zip file|IncompleteRead|Connection broken|do not match the hashes|Wheel '.*' .*is invalid|invalid (sha1|md5)|ZipException|zip END header|unexpected end of (file|data)|TAR_BAD_ARCHIVE/i;

/**
 * The sentence for a program that failed while it installed something.
 * @param {string} what
 * @param {string} program
 * @param {string} output
 * @returns {SetupError}
 */
export function installFailed(what, program, output) {
  if (FULL.test(output))
    return new SetupError(
      `${what} could not be installed: the disk is full. Free 2 GB, or set CACHE_DIR in .env to another disk, then run the same command again.`,
    );
  if (BROKEN.test(output))
    return new SetupError(
      `${what} could not be installed: what ${program} downloaded is broken. Run the same command again, which downloads it anew; if it stays so, a proxy or a mirror in between gives out broken files.`,
    );
  if (UNTRUSTED.test(output))
    return new SetupError(
      `${what} could not be installed: ${program} does not trust the certificate it was shown. Add your company's certificate authority to ${program}, then run the same command again.`,
    );
  if (OFFLINE.test(output))
    return new SetupError(
      `${what} could not be installed: ${program} reached no network. Connect, or set a proxy (export HTTPS_PROXY=http://host:port), then run the same command again.`,
    );
  return new SetupError(
    `${what}: ${program} failed and nothing was installed. It says:\n  ${told(output).join("\n  ")}`,
  );
}

// npm puts the reason first and its manual after it; pip and Ivy put the reason last.
/** @param {string} output */
function told(output) {
  const lines = output.split("\n").filter(line => line.trim() !== "");
  const errors = lines.filter(line => /^npm error/i.test(line));
  return errors.length > 0 ? errors.slice(0, 8) : lines.slice(-8);
}
