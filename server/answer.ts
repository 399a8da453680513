import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as othersFirst } from "node:timers/promises";
import type { Response } from "express";
import type { Answer } from "../engines/page.ts";
import { textOf } from "../views/html.ts";
import { plainName } from "./names.ts";

/** What an answer needs from the portal around it: the page about a page, and the browser's session. */
export interface Sender {
  page(answer: Extract<Answer, { kind: "page" }>): string;
  leaveNotice(notice: string): void;
  setSession(secret: string | undefined): void;
}

/** Sends what a route answered. */
export async function send(answer: Answer, response: Response, sender: Sender): Promise<void> {
  switch (answer.kind) {
    case "page":
      response
        .status(answer.status ?? 200)
        .type("html")
        .send(sender.page(answer));
      return;
    case "fragment":
      response.type("html").send(textOf(answer.body));
      return;
    case "redirect":
      if (answer.session !== undefined) sender.setSession(answer.session ?? undefined);
      if (answer.notice) sender.leaveNotice(answer.notice);
      response.redirect(303, answer.to);
      return;
    case "json":
      response
        .status(answer.status ?? 200)
        .set(answer.headers ?? {})
        .json(answer.value);
      return;
    case "text":
      response
        .status(answer.status ?? 200)
        .set(answer.headers ?? {})
        .type(answer.type ?? "text/plain; charset=utf-8");
      if (answer.download) response.set("Content-Disposition", attachment(answer.download));
      response.send(answer.text);
      return;
    case "lines":
      response.type(answer.type).set("Content-Disposition", attachment(answer.download));
      await pour(Readable.from(inTurns(answer.lines)), response);
      return;
    case "file":
      await sendFile(answer, response);
  }
}

// Whoever goes away in the middle is no error.
async function pour(source: Readable, response: Response): Promise<void> {
  await pipeline(source, response).catch(error => {
    if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  });
}

// A long file must not hold up everybody else: between two of its pieces others get their turn.
async function* inTurns(lines: Iterable<string>): AsyncGenerator<string> {
  for (const piece of lines) {
    yield piece;
    await othersFirst();
  }
}

async function sendFile(
  { file, type, download, range, part, headers = {} }: Extract<Answer, { kind: "file" }>,
  response: Response,
): Promise<void> {
  const { from, to } = range ?? part ?? { from: 0, to: file.size };
  response
    .status(range ? 206 : 200)
    .set(headers)
    .type(type);
  response.set({ "Content-Length": String(to - from), "Accept-Ranges": "bytes" });
  if (range) response.set("Content-Range", `bytes ${from}-${to - 1}/${file.size}`);
  if (download) response.set("Content-Disposition", attachment(file.name));
  if (to <= from || response.req.method === "HEAD") {
    await file.handle.close();
    response.end();
    return;
  }
  // What is written to the file meanwhile is not sent: the length was promised.
  await pour(createReadStream("", { fd: file.handle, start: from, end: to - 1 }), response);
}

function attachment(name: string): string {
  return `attachment; filename="${plainName(name)}"`;
}
