import { createInterface } from "node:readline/promises";
import { Writable } from "node:stream";
import { text } from "node:stream/consumers";
import { CommandError } from "../failure.ts";

/** A password: typed twice at a terminal, which does not show it, or all of standard input. */
export async function readPassword(name: string): Promise<string> {
  if (!process.stdin.isTTY) return (await text(process.stdin)).replace(/\r?\n$/, "");
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const typing = createInterface({ input: process.stdin, output: silent, terminal: true });
  try {
    const first = await ask(typing, `New password of ${name}: `);
    const second = await ask(typing, "The same again: ");
    if (first === second) return first;
  } finally {
    typing.close();
  }
  throw new CommandError("These were two different passwords: nothing was changed.");
}

// Ctrl-C and Ctrl-D leave a question without an answer.
async function ask(typing: ReturnType<typeof createInterface>, question: string): Promise<string> {
  process.stderr.write(question);
  const left = new AbortController();
  typing.once("close", () => left.abort());
  try {
    return await typing.question("", { signal: left.signal });
  } catch {
    throw new CommandError("Nothing was changed.", 130);
  } finally {
    process.stderr.write("\n");
  }
}
