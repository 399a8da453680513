import { randomBytes } from "node:crypto";
import type { ErrorRequestHandler, Request } from "express";
import { SparkError } from "../../connectors/spark/errors.ts";
import { InvalidQueryError } from "../../core/audit/index/open.ts";
import { HttpError } from "../../engines/portal/page.ts";
import { jobErrorOf } from "../../engines/runner/job-error.ts";
import { html, textOf, type View } from "../../views/html.ts";
import { head } from "../../views/parts/card.ts";
import { verdict } from "../../views/parts/verdict.ts";
import { CrossSite } from "./same-origin.ts";

/** What every error of the API looks like: `{ "error": { message, hint?, problems?, reference? } }`. */
export interface ErrorResponse {
  status: number;
  message: string;
  hint?: string;
  problems?: readonly string[];
  /** Names the line of the portal's log that tells more. */
  reference?: string;
}

/** Answers every error, as JSON or as a page, with a message and never a stack trace. */
export function errorHandler(
  log: (message: string) => void,
  show: (request: Request, title: string, body: View) => string,
): ErrorRequestHandler {
  return (error, request, response, next) => {
    if (response.headersSent) return next(error);
    const failure = failureOf(error);
    if (failure.reference)
      log(`${failure.reference} ${request.method} ${request.path}: ${(error as Error)?.stack ?? error}`);
    response.status(failure.status);
    if (failure.status === 401) response.set("WWW-Authenticate", "Bearer");
    if (failure.status === 429) response.set("Retry-After", "900");
    if (wantsJson(request)) {
      const { status: _, ...told } = failure;
      response.json({ error: told });
      return;
    }
    response.type("html").send(pageOr(failure, () => show(request, failure.message, errorView(failure))));
  };
}

// What broke the page may break the page about it, too: Express would then send the stack.
function pageOr({ message, hint }: ErrorResponse, page: () => string): string {
  try {
    return page();
  } catch {
    return textOf(
      html`<!doctype html><title>Something went wrong</title><h1>Something went wrong</h1><p>${message} ${hint}</p>`,
    );
  }
}

/** Whether a request wants JSON rather than a page: programs ask these addresses, or say so. */
export function wantsJson(request: Request): boolean {
  return (
    /^\/(api|schema|metrics|healthz|readyz)(\/|$)/.test(request.path) || request.accepts(["html", "json"]) === "json"
  );
}

function failureOf(error: unknown): ErrorResponse {
  if (error instanceof HttpError) {
    const { status, message, hint, problems } = error;
    return { status, message, ...(hint && { hint }), ...(problems.length > 0 && { problems }) };
  }
  if (error instanceof SparkError) {
    const { message, hint } = jobErrorOf(error);
    const reference = randomBytes(4).toString("hex");
    const where = `The portal's log has the whole of it at ${reference}.`;
    return { status: 503, message, hint: hint ? `${hint} ${where}` : where, reference };
  }
  if (error instanceof InvalidQueryError) return { status: 422, message: error.message };
  if (error instanceof CrossSite)
    return { status: 403, message: error.message, hint: "Open the portal's own page and try again." };
  const { status, type } = error as { status?: unknown; type?: unknown };
  if (status === 413 || type === "entity.too.large")
    return { status: 413, message: "That is too large: 1 MiB at most." };
  if (status === 415)
    return {
      status,
      message: "The portal does not know this encoding.",
      hint: "Send the body as UTF-8, not compressed.",
    };
  if (typeof status === "number" && status >= 400 && status < 500)
    return { status, message: "The portal does not understand this request." };
  const reference = randomBytes(4).toString("hex");
  return {
    status: 500,
    message: "Something went wrong in the portal. Jobs are not touched by it.",
    hint: `The portal's log has the reason at ${reference}.`,
    reference,
  };
}

function errorView({ status, message, hint, problems = [] }: ErrorResponse): View {
  const list = problems.length > 0 && html`<ul>${problems.map(problem => html`<li>${problem}</li>`)}</ul>`;
  return html`${head(HEADS[status] ?? "Something went wrong")}${verdict("failed", message, [hint])}${list}<p><a href="/">Back to what is going on</a></p>`;
}

const HEADS: Readonly<Record<number, string>> = {
  400: "Not understood",
  401: "Not logged in",
  403: "Not allowed",
  404: "Not found",
  409: "Conflict",
  413: "Too large",
  421: "Wrong address",
  422: "Not accepted",
  429: "Too often",
};
