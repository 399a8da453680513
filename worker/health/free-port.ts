import { createServer } from "node:net";
import { setTimeout as pause } from "node:timers/promises";

/** A port of this machine once nobody listens there; undefined where somebody does for long. */
export async function freedPort(port: number, milliseconds = 5_000): Promise<number | undefined> {
  // A process that was killed counts as dead before the last of its threads has let go of its ports.
  for (const until = Date.now() + milliseconds; ; await pause(50)) {
    if (await isFree(port)) return port;
    if (Date.now() > until) return undefined;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}
