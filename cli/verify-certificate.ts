import { readFileSync } from "node:fs";
import { isProven } from "../core/certificate/certificate.ts";
import { verifyCertificate } from "../core/certificate/verify.ts";
import { parseJson } from "../core/jobs/parse/json.ts";
import { EXIT } from "../core/jobs/states.ts";
import { CommandError, openProject } from "./failure.ts";

/** `verify-certificate file.json`: whether the archive says what a certificate says, without a network. */
export function verify(words: string[]): number {
  const [path] = words;
  if (path === undefined || words.length > 1)
    throw new CommandError("usage: npm run job -- verify-certificate file.json", EXIT.badJob);
  const { settings, layout } = openProject();
  let given: unknown;
  try {
    given = parseJson(readFileSync(path, "utf8"));
  } catch (error) {
    throw new CommandError(`${path} can't be read as JSON: ${(error as Error).message}`, EXIT.badJob);
  }
  const { certificate, problems } = verifyCertificate(given, layout, settings.AUDIT_KEY);
  if (certificate && problems.length === 0) {
    const { of, issuedAt, issuedBy, entries } = certificate;
    const proven = entries.filter(isProven).length;
    console.log(`✓ The archive says the same as this certificate of the ${of.kind} ${of.name}.`);
    console.log(`  issued ${issuedAt} for ${issuedBy}; ${proven} of ${entries.length} proven`);
    return EXIT.succeeded;
  }
  console.log(`✕ ${problems.length === 1 ? "1 thing is" : `${problems.length} things are`} not as in the archive:`);
  for (const problem of problems) console.log(`  ${problem}`);
  return EXIT.failed;
}
