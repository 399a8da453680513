import { createReadStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as othersFirst } from "node:timers/promises";
import type { Response } from "express";
import type { RouteResult } from "../../engines/portal/page.ts";
import { textOf } from "../../views/html.ts";
import { plainName } from "./names.ts";

/** What an answer needs from the portal around it: the page about a page, and the browser's session. */
export interface Sender {
  page(result: Extract<RouteResult, { kind: "page" }>): string;
  leaveNotice(notice: string): void;
  setSession(secret: string | undefined): void;
  setLoginStart(start: string | undefined): void;
}

/** Sends what a route answered. */
export async function send(result: RouteResult, response: Response, sender: Sender): Promise<void> {
  switch (result.kind) {
    case "page":
      response
        .status(result.status ?? 200)
        .type("html")
        .send(sender.page(result));
      return;
    case "fragment":
      response.type("html").send(textOf(result.body));
      return;
    case "redirect":
      if (result.session !== undefined) sender.setSession(result.session ?? undefined);
      if (result.login !== undefined) sender.setLoginStart(result.login ?? undefined);
      if (result.notice) sender.leaveNotice(result.notice);
      response.redirect(303, result.to);
      return;
    case "json":
      response
        .status(result.status ?? 200)
        .set(result.headers ?? {})
        .json(result.value);
      return;
    case "text":
      response
        .status(result.status ?? 200)
        .set(result.headers ?? {})
        .type(result.type ?? "text/plain; charset=utf-8");
      if (result.download) response.set("Content-Disposition", attachment(result.download));
      response.send(result.text);
      return;
    case "lines":
      response.set(result.headers ?? {}).type(result.type);
      response.set("Content-Disposition", attachment(result.download));
      await pour(Readable.from(inTurns(result.lines)), response);
      return;
    case "file":
      await sendFile(result, response);
  }
}

// A client that disconnects early is not an error.
async function pour(source: Readable, response: Response): Promise<void> {
  await pipeline(source, response).catch(error => {
    if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  });
}

// Sends a long file in pieces and yields between them, so that it does not delay other requests.
async function* inTurns(lines: Iterable<string>): AsyncGenerator<string> {
  for (const piece of lines) {
    yield piece;
    await othersFirst();
  }
}

async function sendFile(
  { file, type, download, range, part, headers = {} }: Extract<RouteResult, { kind: "file" }>,
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
