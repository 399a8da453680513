import { createHash } from "node:crypto";
import canonicalize from "canonicalize";
import { z } from "zod";
import type { Outcome } from "../jobs/outcome.ts";
import { type ProofLine, proofLineShape } from "../jobs/proof.ts";
import type { JobRecord } from "../jobs/record.ts";
import { readStoredLines } from "../store/packed.ts";

const figures = z.record(z.string(), z.unknown());
const text = z.string();

/** What a certificate says of one table in one job. Everything in it is in the archive. */
const entryShape = z.strictObject({
  table: text,
  target: text,
  outcome: text,
  rows: text.optional(),
  bytes: text.optional(),
  sourceSnapshot: text.optional(),
  targetSnapshot: text.optional(),
  metadataFile: text.optional(),
  level: text,
  verdict: text,
  method: text,
  provenAt: text.optional(),
  columns: z.array(text).optional(),
  source: figures.optional(),
  targetFigures: figures.optional(),
  differences: z.array(text).optional(),
  error: text.optional(),
  job: z.strictObject({
    id: text,
    type: text,
    submittedBy: text,
    via: text,
    submittedAt: text,
    finishedAt: text,
  }),
  record: z.strictObject({
    sequence: z.int(),
    hash: text,
    previousHash: text,
    proofsSha256: text.nullable(),
  }),
});

export const certificateShape = z
  .strictObject({
    version: z.literal(1),
    of: z.strictObject({ kind: z.enum(["job", "table", "namespace"]), name: text }),
    issuedAt: text,
    issuedBy: text,
    /** The newest record of the archive when it was issued. */
    archive: z.strictObject({ sequence: z.int(), id: text, hash: text }).optional(),
    entries: z.array(entryShape),
    digest: text.describe("SHA-256 over the canonical JSON (RFC 8785) of all but itself."),
  })
  .meta({ id: "Certificate" });

/** Evidence from the archive that can be taken away, read on paper and checked again. */
export type Certificate = z.infer<typeof certificateShape>;
export type CertificateEntry = z.infer<typeof entryShape>;

/** What each way of proving is worth, in plain words. */
const METHODS: Readonly<Record<string, string>> = {
  "read-back":
    "Every row of the source was hashed while it was copied, and every row of the target was read back and hashed. The number of rows, two independently salted sums and an xor of 64-bit row hashes are the same on both sides. That two different tables agree in all of them by chance is less likely than one in a billion billion.",
  compared:
    "Every row of both tables was read and hashed where it lies. The number of rows, two independently salted sums and an xor of 64-bit row hashes were compared. That two different tables agree in all of them by chance is less likely than one in a billion billion.",
  agrees:
    "Both sides were asked for the number of rows and, for each column, the number of values, the smallest and the largest. They agree. Values between the smallest and the largest were not compared.",
  metadata:
    "The number of rows that were copied was compared with the number in the target's manifests. No values were compared.",
  none: "Nothing was compared: the job asked for no proof, or its type makes none.",
};

/** What the archive says of each table of a job; `proofs` is the file of its proofs. */
export function entriesOf(record: JobRecord, proofs: string): CertificateEntry[] {
  const lines = readStoredLines(proofs, proofLineShape);
  return record.tables.map(outcome =>
    entryOf(
      record,
      outcome,
      lines.findLast(line => line.table === outcome.table && line.level !== "witness"),
    ),
  );
}

function entryOf(record: JobRecord, outcome: Outcome, proof: ProofLine | undefined): CertificateEntry {
  const { table, target, rows, bytes, sourceSnapshot, targetSnapshot, metadataFile, error } = outcome;
  const level = outcome.proof?.level ?? "none";
  const verdict = outcome.proof?.verdict ?? proof?.verdict ?? "not checked";
  const provenBy = proof && (verdict === "equal" || verdict === "agrees" || verdict === "differs") ? proof : undefined;
  const optional = { rows, bytes, sourceSnapshot, targetSnapshot, metadataFile };
  return {
    ...{ table, target, outcome: outcome.outcome },
    ...(JSON.parse(JSON.stringify(optional)) as object),
    ...{ level, verdict, method: METHODS[verdict === "agrees" ? "agrees" : level] ?? METHODS.none ?? "" },
    ...(provenBy?.at && { provenAt: provenBy.at }),
    ...(provenBy?.columns && { columns: provenBy.columns }),
    ...(provenBy?.source && { source: provenBy.source }),
    ...(provenBy?.targetFigures && { targetFigures: provenBy.targetFigures }),
    ...(provenBy?.differences && { differences: provenBy.differences }),
    ...(error && { error: error.message }),
    job: {
      ...{ id: record.id, type: record.type, submittedBy: record.submittedBy, via: record.via },
      ...{ submittedAt: record.submittedAt, finishedAt: record.finishedAt },
    },
    record: {
      ...{ sequence: record.sequence, hash: record.hash, previousHash: record.previousHash },
      proofsSha256: record.proofsSha256 ?? null,
    },
  };
}

/** Whether an entry says that both sides hold the same. */
export function isProven({ verdict }: Pick<CertificateEntry, "verdict">): boolean {
  return verdict === "equal" || verdict === "agrees";
}

/** Closes a certificate with the digest of what it says. */
export function sealed(certificate: Omit<Certificate, "digest">): Certificate {
  return { ...certificate, digest: digestOf(certificate) };
}

/** The digest of all that a certificate says but the digest itself. */
export function digestOf(certificate: Omit<Certificate, "digest"> & { digest?: string }): string {
  const { digest: _, ...rest } = certificate;
  return createHash("sha256")
    .update(canonicalize(JSON.parse(JSON.stringify(rest))) ?? "")
    .digest("hex");
}
