import { once } from "node:events";
import type { AddressInfo } from "node:net";
import express from "express";
import { securityHeaders } from "../../../server/http/headers.ts";

// The machine's own floor: as many bytes, with the same headers, from a bare route. Sent by its parent: how many.
process.once("message", async bytes => {
  const body = "x".repeat(Number(bytes));
  const app = express();
  app.disable("x-powered-by");
  app.use(securityHeaders(false));
  app.get("/", (_request, response) => void response.type("html").send(body));
  const server = app.listen(0, "127.0.0.1");
  await once(server, "listening");
  process.send?.({ link: `http://127.0.0.1:${(server.address() as AddressInfo).port}/` });
});
