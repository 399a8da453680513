import { open, stat } from "node:fs/promises";
import { beginningIn, beginningOf } from "./bytes/open.ts";
import { type GivenDialect, lookAtBytes, type Sniffed } from "./look/look-at-bytes.ts";
import { LONGEST } from "./reader.ts";

export type { Sniffed } from "./look/look-at-bytes.ts";

/** How much of a file is looked at; more where its first records are longer. */
export const SAMPLE = 4 * 2 ** 20;
const SAMPLES = [SAMPLE, 4 * SAMPLE, LONGEST + SAMPLE];
const [PIECES, PIECE] = [4, 128 * 1024];

type SniffOptions = Pick<GivenDialect, "given" | "wanted" | "records" | "untyped">;

/** Looks at a file: how it is written and what its columns seem to be. `given` is believed. */
export async function sniffFile(path: string, options: SniffOptions = {}): Promise<Sniffed> {
  for (const [round, size] of SAMPLES.entries()) {
    const { bytes, whole, packing } = await beginningOf(path, size);
    const further = whole || packing || options.untyped ? [] : await piecesOf(path, size);
    const found = withPacking(lookAtBytes(bytes, { ...options, whole, further }), packing);
    if (whole || found.problem || found.looked > 1 || round === SAMPLES.length - 1) return complete(found);
  }
  throw new Error("a file is looked at once at least");
}

/** The same of the first bytes of a file that lies elsewhere. */
export async function sniffBytes(
  beginning: (bytes: number) => Promise<Buffer>,
  size: number,
  options: SniffOptions = {},
): Promise<Sniffed> {
  for (const [round, most] of SAMPLES.entries()) {
    const got = await beginning(most);
    const { bytes, whole, packing } = await beginningIn(got, got.length >= size, most);
    const found = withPacking(lookAtBytes(bytes, { ...options, whole }), packing);
    if (whole || found.problem || found.looked > 1 || round === SAMPLES.length - 1) return complete(found);
  }
  throw new Error("a file is looked at once at least");
}

function complete(found: Sniffed): Sniffed {
  if (found.whole || found.problem || found.looked > 0) return found;
  return {
    ...found,
    problem: `Its first records are longer than ${LONGEST >> 20} MB, so they can't be cut apart: are the quote and the line ends right?`,
  };
}

function withPacking(found: Sniffed, packing: string | undefined): Sniffed {
  return packing ? { ...found, notes: [`packed with ${packing}`, ...found.notes] } : found;
}

// From further down in the file, each from the beginning of a line: a type that holds for the first records may not hold there.
async function piecesOf(path: string, from: number): Promise<Buffer[]> {
  const { size } = await stat(path);
  const file = await open(path);
  try {
    const pieces: Buffer[] = [];
    for (let i = 1; i <= PIECES; i++) {
      const at = Math.max(from, Math.floor(from + ((size - from) * i) / PIECES) - PIECE);
      const buffer = Buffer.alloc(PIECE);
      const { bytesRead } = await file.read(buffer, 0, PIECE, at);
      const line = buffer.subarray(0, bytesRead).indexOf(10);
      if (line >= 0) pieces.push(buffer.subarray(line + 1, bytesRead));
    }
    return pieces;
  } finally {
    await file.close();
  }
}
