import { issueCertificate, type Subject } from "../../../core/certificate/issue.ts";
import { HttpError, type RequestContext, type Route, type RouteResult } from "../../../engines/portal/page.ts";
import { textOf } from "../../../views/html.ts";
import { certificateDocument } from "../../../views/pages/certificates/certificate.ts";

/** Certificates to take away: a document that prints, and the JSON that can be checked again. */
export function certificateRoutes(): Route[] {
  return [
    { method: "get", path: "/certificate.html", role: "viewer", answer: document },
    { method: "get", path: "/certificate.json", role: "viewer", answer: json },
  ];
}

/** The certificate that a request asks for, by `job`, `table` or `namespace`. Throws an HttpError where there is none. */
export function askedCertificate({ portal, query, person, now }: RequestContext) {
  const of = subjectIn(query);
  if (portal.index.reconciling() && of.kind !== "job")
    throw new HttpError(
      503,
      "The archive is being read: a certificate would miss older jobs.",
      "Ask again in a moment.",
    );
  const certificate = issueCertificate(portal, of, { at: new Date(now).toISOString(), by: person.name });
  if (certificate) return certificate;
  throw new HttpError(
    404,
    `The archive has no outcome of the ${of.kind} ${of.name}.`,
    "A job is in the archive once it has ended. Tables are named in full, such as lake.sales.orders.",
  );
}

function subjectIn(query: URLSearchParams): Subject {
  for (const kind of ["job", "table", "namespace"] as const) {
    const name = query.get(kind)?.trim();
    if (name) return { kind, name };
  }
  throw new HttpError(
    422,
    "Say what the certificate is about.",
    "Ask with ?job=, ?table=lake.sales.orders or ?namespace=lake.sales.",
  );
}

function document(request: RequestContext): RouteResult {
  const certificate = askedCertificate(request);
  // It has its style with it, which no page of the portal may: a browser opens it from the disk.
  const text = textOf(certificateDocument(certificate));
  return { kind: "text", text, type: "text/html; charset=utf-8", download: fileName(certificate.of, "html") };
}

function json(request: RequestContext): RouteResult {
  const certificate = askedCertificate(request);
  const text = `${JSON.stringify(certificate, null, 2)}\n`;
  return { kind: "text", text, type: "application/json; charset=utf-8", download: fileName(certificate.of, "json") };
}

function fileName({ name }: Subject, ending: string): string {
  return `certificate-${name.replace(/[^A-Za-z0-9_.-]+/g, "_").slice(0, 120)}.${ending}`;
}
