import type { Layout } from "../../../core/store/layout.ts";
import { reasonName } from "../../../core/store/names.ts";
import { type OpenedFile, openServed } from "../../../core/store/served.ts";
import type { RejectedFile } from "../../state/rejected.ts";

/** What a rejected file says, or why that can't be shown. */
export type RejectedText = { text: string } | { unreadable: string };

// As a form it comes back up to three times as large, and a form may have 1 MiB.
const MOST = 256 * 1024;
const MOST_REASON = 64 * 1024;

/** Opens a rejected file of a name that stands in the listing; undefined where it is no regular file. */
export async function openRejected(layout: Layout, name: string): Promise<OpenedFile | undefined> {
  return await openServed(layout, "rejected", name);
}

/** The lines that say why a file was rejected. */
export async function readReason(layout: Layout, name: string): Promise<string[]> {
  await using file = await openRejected(layout, reasonName(name));
  if (!file) return ["No reason stands beside it."];
  const text = (await bytesOf(file, MOST_REASON)).toString("utf8");
  return text.split("\n").filter(line => line !== "");
}

/** The text of a rejected file, to be edited. */
export async function readText(layout: Layout, { name, kind }: RejectedFile): Promise<RejectedText> {
  if (kind !== "file") return { unreadable: KINDS[kind] };
  await using file = await openRejected(layout, name);
  if (!file) return { unreadable: "It is not there any more." };
  if (file.size > MOST)
    return { unreadable: "It is too large to be edited here: correct it where it came from, and drop it again." };
  try {
    return { text: new TextDecoder("utf-8", { fatal: true }).decode(await bytesOf(file, MOST)) };
  } catch {
    return { unreadable: "It is not UTF-8 text: save it as UTF-8 where it came from, and drop it again." };
  }
}

const KINDS = {
  folder: "It is a folder. A job is a file: drop the files in it one by one.",
  link: "It is a link to another file, and links are not followed. Drop a copy of the file itself.",
  other: "It is neither a file nor a folder.",
};

async function bytesOf({ handle, size }: OpenedFile, most: number): Promise<Buffer> {
  const bytes = Buffer.alloc(Math.min(size, most));
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
  return bytes.subarray(0, bytesRead);
}
