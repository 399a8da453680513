import { quote } from "../../connectors/iceberg/names.ts";
import { SparkError } from "../../connectors/spark/errors.ts";
import type { Session } from "../../connectors/spark/session.ts";
import { offsetsOf, type PartitionOffsets } from "./offsets.ts";

/** What a checkpoint says: the last batch that was finished, and how far it went. */
export interface Committed {
  batch: number;
  offsets: PartitionOffsets;
}

/** Reads a checkpoint's last finished batch from its own files; nothing where no batch was finished yet. */
export async function committedIn(session: Session, checkpoint: string, topic: string): Promise<Committed | undefined> {
  const batches = await numbered(session, `${checkpoint}/commits`);
  const batch = Math.max(-1, ...batches);
  if (batch < 0) return undefined;
  const lines = await session.query(`select value from ${textOf(`${checkpoint}/offsets/${batch}`)}`);
  const found = lines.map(({ value }) => String(value)).filter(line => line.startsWith("{"));
  // First what the batch was planned with, then a line for each source.
  const offsets = found.map(line => offsetsOf(line, topic)).find(one => one !== undefined);
  return offsets && { batch, offsets };
}

async function numbered(session: Session, folder: string): Promise<number[]> {
  try {
    const rows = await session.query(`select distinct _metadata.file_name as name from ${textOf(folder)}`);
    return rows
      .map(({ name }) => String(name))
      .filter(name => /^\d+$/.test(name))
      .map(Number);
  } catch (error) {
    if (error instanceof SparkError && /PATH_NOT_FOUND|does not exist/i.test(`${error.errorClass} ${error.message}`))
      return [];
    throw error;
  }
}

function textOf(path: string): string {
  return `text.${quote(path)}`;
}
