import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { moveFile, removeFile } from "../system/atomic.ts";

/** A file that is written piece by piece beside the one whose place it takes. */
export interface ReportDraft {
  write(text: string): void;
  /** Brings to the disk what was written so far, so that little is left to do when it is published. */
  sync(): void;
  /** Takes the place of the file. */
  publish(): void;
  /** Removes it; nothing where it was published. */
  discard(): void;
}

/** Starts a draft of a file. A long one is never whole in memory. */
export function openDraft(path: string): ReportDraft {
  const temporary = join(dirname(path), `.${basename(path)}.${process.pid}.tmp`);
  const file = openSync(temporary, "w", 0o600);
  let pending: string[] = [];
  let length = 0;
  let open = true;
  return {
    write(text) {
      pending.push(text);
      length += text.length;
      if (length > 1_000_000) flush();
    },
    sync,
    publish() {
      sync();
      close();
      moveFile(temporary, path);
    },
    discard() {
      close();
      removeFile(temporary);
    },
  };

  function sync(): void {
    flush();
    fsyncSync(file);
  }

  function flush(): void {
    const bytes = Buffer.from(pending.join(""));
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    pending = [];
    length = 0;
  }

  function close(): void {
    if (open) closeSync(file);
    open = false;
  }
}
