import { sealOf, sha256OfFile } from "../audit/findings.ts";
import { readRecord } from "../audit/records.ts";
import { verifyArchive } from "../audit/verify-chain.ts";
import { archivedRecord, type Layout } from "../store/layout.ts";
import { proofsBeside } from "../store/names.ts";
import { isStored } from "../store/packed.ts";
import { type Certificate, type CertificateEntry, certificateShape, digestOf, entriesOf } from "./certificate.ts";

/** What a check of a certificate found: a sentence for everything that the archive does not say. */
export interface CheckedCertificate {
  certificate?: Certificate;
  problems: string[];
}

/** Holds a certificate against the archive, without a network. Whatever was altered in it is named by its place. */
export function verifyCertificate(given: unknown, layout: Layout, key?: string): CheckedCertificate {
  const parsed = certificateShape.safeParse(given);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    return {
      problems: [`This is no certificate: ${issue?.path.join(".") || "it"}: ${issue?.message ?? "unreadable"}.`],
    };
  }
  const certificate = parsed.data;
  const problems = certificate.entries.flatMap((entry, at) => entryProblems(entry, `entries[${at}]`, layout, key));
  problems.push(...headProblems(certificate, layout));
  if (digestOf(certificate) !== certificate.digest && problems.length === 0)
    problems.push(
      "The digest is not that of what the certificate says: of, issuedAt, issuedBy, the order of entries or the digest was altered.",
    );
  const chain = verifyArchive(layout, key).problems;
  if (chain.length > 0)
    problems.push(
      `The archive itself is not whole, so its word is worth less: ${chain[0]}${chain.length > 1 ? ` And ${chain.length - 1} more: run npm run audit.` : ""}`,
    );
  return { certificate, problems };
}

function entryProblems(entry: CertificateEntry, place: string, layout: Layout, key: string | undefined): string[] {
  const { id } = entry.job;
  const path = /^[\w-]+$/.test(id) ? archivedRecord(layout, id) : undefined;
  const record = path === undefined ? undefined : readRecord(path);
  if (!path || !record) return [`${place}.job.id: the archive has no record of ${id}.`];
  const proofs = proofsBeside(path);
  const found: string[] = [];
  if (sealOf(record, key) === "broken")
    found.push(
      `${place}: the record of ${id} does not match its hash: it was edited${key ? "" : " (or archived with an AUDIT_KEY that is not set here)"}.`,
    );
  if (record.proofsSha256 && (!isStored(proofs) || sha256OfFile(proofs) !== record.proofsSha256))
    found.push(`${place}: the proofs of ${id} are not those that it was archived with.`);
  const all = entriesOf(record, proofs);
  const same = all.find(one => one.table === entry.table && one.target === entry.target);
  // Where a name was altered the entry is the one that says most of the same.
  const nearest = same ?? all.toSorted((a, b) => differing(entry, a, "").length - differing(entry, b, "").length)[0];
  if (!nearest) return [...found, `${place}: the record of ${id} has no tables.`];
  return [...found, ...differing(entry, nearest, place)];
}

// Every value that is another one in the archive, by its path.
function differing(here: unknown, there: unknown, path: string): string[] {
  if (isObject(here) && isObject(there))
    return [...new Set([...Object.keys(here), ...Object.keys(there)])].flatMap(key =>
      differing(here[key], there[key], Array.isArray(here) ? `${path}[${key}]` : `${path}.${key}`),
    );
  if (JSON.stringify(here) === JSON.stringify(there)) return [];
  return [`${path}: the certificate says ${shown(here)}, the archive ${shown(there)}.`];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

function shown(value: unknown): string {
  if (value === undefined) return "nothing";
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

function headProblems({ archive }: Certificate, layout: Layout): string[] {
  if (!archive) return [];
  const path = /^[\w-]+$/.test(archive.id) ? archivedRecord(layout, archive.id) : undefined;
  const record = path === undefined ? undefined : readRecord(path);
  if (!record) return [`archive.id: the archive has no record of ${archive.id}, which was its newest then.`];
  const { sequence, id, hash } = record;
  return differing(archive, { sequence, id, hash }, "archive");
}
