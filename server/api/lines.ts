import type { OpenedFile } from "../../files/served.ts";

const STEP = 64 * 1024;

/** Where the last whole line of a file ends: what comes after it is still being written. */
export async function lastLineEnd({ handle, size }: Pick<OpenedFile, "handle" | "size">): Promise<number> {
  const room = Buffer.alloc(STEP);
  for (let end = size; end > 0; end -= STEP) {
    const start = Math.max(0, end - STEP);
    const { bytesRead } = await handle.read(room, 0, end - start, start);
    const newline = room.subarray(0, bytesRead).lastIndexOf(10);
    if (newline >= 0) return start + newline + 1;
  }
  return 0;
}
