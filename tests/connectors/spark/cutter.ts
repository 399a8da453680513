import { connect, createServer, type Socket } from "node:net";
import type { TestContext } from "node:test";

/** A way to a local port that can be cut. `cut` ends every connection and tells how often there was one to end. */
export async function cutter(t: TestContext, port: number) {
  const sockets = new Set<Socket>();
  let cuts = 0;
  const proxy = createServer(client => {
    const upstream = connect(port, "127.0.0.1");
    for (const socket of [client, upstream]) socket.on("error", () => {});
    client.pipe(upstream).pipe(client);
    sockets.add(client).add(upstream);
  }).listen(0, "127.0.0.1");
  await new Promise(resolve => proxy.once("listening", resolve));
  const cut = () => {
    if (sockets.size > 0) cuts += 1;
    for (const socket of sockets) socket.destroy();
    sockets.clear();
    return cuts;
  };
  t.after(() => {
    cut();
    proxy.close();
  });
  // With the token of the server that the run shares, if it asks for one.
  const parameters = /\/;.*$/.exec(process.env.SPARK_REMOTE ?? "")?.[0] ?? "";
  return { url: `sc://127.0.0.1:${(proxy.address() as { port: number }).port}${parameters}`, cut };
}
