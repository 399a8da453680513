import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import type { Signed } from "../../../authority.ts";
import { ownPort } from "../../../laptop/own-port.ts";

// Its libraries may lie beside it, where its package was only unpacked.
const LIBRARIES = (process.env.PATH ?? "")
  .split(delimiter)
  .filter(folder => folder.endsWith("/usr/sbin"))
  .map(folder => join(dirname(folder), "lib", "x86_64-linux-gnu"));
const env = { LD_LIBRARY_PATH: LIBRARIES.join(":") };
const { exitCode } = await execa("haproxy", ["-v"], { reject: false, env });

/** Skips a test where there is no haproxy. */
export const needsHaproxy = exitCode === 0 ? {} : { skip: "haproxy is not installed (Debian's package haproxy)" };

/** A real haproxy with TLS in front of a Spark Connect server. */
export interface Haproxy {
  port: number;
  /** Starts a new worker; the one before ends when its last connection has, or when it is killed. */
  reload(): Promise<void>;
  /** Ends workers of earlier configurations at once. How many there were. */
  killOldWorkers(): number;
  stop(): Promise<void>;
}

/** Starts one; whoever calls this calls `stop` when all is done. */
export async function startHaproxy(options: { upstream: number; signed: Signed; clientCa?: string }): Promise<Haproxy> {
  const { upstream, signed, clientCa } = options;
  const folder = mkdtempSync(join(tmpdir(), "portal-haproxy-"));
  const port = await ownPort();
  const pem = join(folder, "both.pem");
  writeFileSync(pem, [signed.cert, signed.key].map(file => readFileSync(file, "utf8")).join("\n"), { mode: 0o600 });
  const verify = clientCa ? ` ca-file ${clientCa} verify required` : "";
  writeFileSync(
    join(folder, "haproxy.cfg"),
    `global
  stats socket ${folder}/admin.sock mode 600 level admin expose-fd listeners
defaults
  mode http
  timeout connect 5s
  timeout client 24h
  timeout server 24h
listen spark
  bind 127.0.0.1:${port} ssl crt ${pem} alpn h2${verify}
  server spark 127.0.0.1:${upstream} proto h2
`,
  );
  const words = ["-W", "-db", "-f", join(folder, "haproxy.cfg")];
  const server = execa("haproxy", words, { reject: false, all: true, env });
  let ended: string | undefined;
  void server.then(({ all }) => {
    ended = all;
  });
  const workers = () =>
    readFileSync(`/proc/${server.pid}/task/${server.pid}/children`, "utf8")
      .trim()
      .split(" ")
      .filter(Boolean)
      .map(Number);
  while (!(await listens(port))) {
    if (ended !== undefined) throw new Error(`haproxy did not start: ${ended}`);
    await pause(25);
  }
  let old: number[] = [];
  return {
    port,
    async reload() {
      old = workers();
      process.kill(server.pid!, "SIGUSR2");
      while (!workers().some(worker => !old.includes(worker))) await pause(20);
      await pause(300);
    },
    killOldWorkers() {
      const there = workers().filter(worker => old.includes(worker));
      for (const worker of there) process.kill(worker, "SIGKILL");
      return there.length;
    },
    async stop() {
      server.kill("SIGTERM");
      await server;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function listens(port: number): Promise<boolean> {
  return new Promise(resolve => {
    const socket = connect(port, "127.0.0.1");
    socket.once("connect", () => {
      socket.destroy();
      resolve(true);
    });
    socket.once("error", () => resolve(false));
  });
}
