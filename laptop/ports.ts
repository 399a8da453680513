import { once } from "node:events";
import { connect, createServer } from "node:net";

const HOST = "127.0.0.1";

/** The usual port if it is free, else any free one. */
export async function freePort(usual: number): Promise<number> {
  return (await tryPort(usual)) ?? (await tryPort(0)) ?? usual;
}

/** Whether somebody accepts connections on a port of this machine. */
export async function answers(port: number, milliseconds = 2000): Promise<boolean> {
  const socket = connect({ host: HOST, port });
  try {
    await once(socket, "connect", { signal: AbortSignal.timeout(milliseconds) });
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}

async function tryPort(port: number): Promise<number | undefined> {
  const server = createServer().listen(port, HOST);
  try {
    await once(server, "listening");
    const address = server.address();
    return typeof address === "object" ? address?.port : undefined;
  } catch {
    return undefined;
  } finally {
    server.close();
  }
}
