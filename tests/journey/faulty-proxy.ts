import { createServer, request } from "node:http";
import type { AddressInfo } from "node:net";

/**
 * How a storage in front of the real one misbehaves: a status for every write, a pause before every call, no answer at
 * all, or writes that are held until the fault is over.
 */
export type Fault = { status: number; code: string } | { milliseconds: number } | "gone" | "held" | undefined;

/** A storage that can be told to refuse; what it doesn't refuse goes to the real one. */
export async function faultyProxy(t: { after(end: () => void): void }, endpoint: string) {
  let fault: Fault;
  let refused = 0;
  let held: (() => void)[] = [];
  const real = new URL(endpoint);
  const server = createServer((incoming, answer) => {
    const writes = incoming.method === "PUT" && !/restype=container/.test(incoming.url ?? "");
    if (fault === "gone") return incoming.socket.destroy();
    if (typeof fault === "object" && "status" in fault && writes) {
      refused += 1;
      incoming.resume();
      answer.writeHead(fault.status, { "x-ms-error-code": fault.code, "content-type": "application/xml" });
      return answer.end(
        `<?xml version="1.0"?><Error><Code>${fault.code}</Code><Message>refused by the test</Message></Error>`,
      );
    }
    const forward = () => {
      const options = {
        host: real.hostname,
        port: real.port,
        path: incoming.url,
        method: incoming.method,
        headers: incoming.headers,
      };
      const onward = request(options, reply => {
        answer.writeHead(reply.statusCode ?? 500, reply.headers);
        reply.pipe(answer);
      });
      onward.on("error", () => answer.destroy());
      incoming.pipe(onward);
    };
    if (fault === "held" && incoming.method === "PUT") held.push(forward);
    else if (typeof fault === "object" && "milliseconds" in fault) setTimeout(forward, fault.milliseconds);
    else forward();
  });
  await new Promise<void>(resolve => server.listen(0, "127.0.0.1", resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}${real.pathname}`,
    misbehave: (next: Fault) => {
      fault = next;
      for (const forward of held) forward();
      held = [];
    },
    held: () => held.length,
    refused: () => refused,
  };
}
