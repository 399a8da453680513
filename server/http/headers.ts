import type { RequestHandler } from "express";
import helmet from "helmet";

/** The headers of every answer: nothing inline, nothing from elsewhere, in no frame, kept by no cache. */
export function securityHeaders(secure: boolean): RequestHandler[] {
  const own = ["'self'"];
  const policy = helmet({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        scriptSrc: own,
        styleSrc: own,
        imgSrc: own,
        connectSrc: own,
        formAction: own,
        baseUri: ["'none'"],
        frameAncestors: ["'none'"],
      },
    },
    strictTransportSecurity: secure && { maxAge: 31_536_000 },
    referrerPolicy: { policy: "same-origin" },
    xFrameOptions: { action: "deny" },
  });
  const cache: RequestHandler = (_request, response, next) => {
    response.setHeader("Cache-Control", "no-store");
    response.setHeader("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
    next();
  };
  return [policy, cache];
}
