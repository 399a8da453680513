import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { execa } from "execa";
import type { Signed } from "../../../authority.ts";
import { ownPort } from "../../../laptop/own-port.ts";

const { exitCode } = await execa("nginx", ["-v"], { reject: false });

/** Skips a test where there is no nginx. */
export const needsNginx = exitCode === 0 ? {} : { skip: "nginx is not installed (Debian's package nginx)" };

/** A real nginx with TLS in front of a Spark Connect server. */
export interface Nginx {
  port: number;
  /** How many connections its clients have made so far. */
  connections(): number;
  /** Starts new workers, as a renewed certificate needs it; those before end when their last request has. */
  reload(): Promise<void>;
  /** Ends those that wait for their last request, at once. How many there were. */
  killOldWorkers(): number;
  stop(): Promise<void>;
}

/** Starts one; whoever calls this calls `stop` when all is done. */
export async function startNginx(options: {
  upstream: number;
  signed: Signed;
  clientCa?: string;
  keepaliveRequests?: number;
  http2?: boolean;
}): Promise<Nginx> {
  const folder = mkdtempSync(join(tmpdir(), "portal-nginx-"));
  const port = await ownPort();
  writeFileSync(join(folder, "nginx.conf"), configuration(folder, port, options));
  const server = execa("nginx", ["-p", folder, "-c", join(folder, "nginx.conf")], { reject: false, all: true });
  const pid = server.pid!;
  let ended: string | undefined;
  void server.then(({ all }) => {
    ended = all;
  });
  const stop = async () => {
    server.kill("SIGTERM");
    await server;
    rmSync(folder, { recursive: true, force: true });
  };
  while (!workers(pid).some(one => !one.isOld)) {
    if (ended !== undefined) throw new Error(`nginx did not start: ${ended}`);
    await pause(25);
  }
  return {
    ...{ port, stop },
    connections: () => new Set(readFileSync(join(folder, "access.log"), "utf8").match(/^\d+/gm)).size,
    async reload() {
      const before = new Set(workers(pid).map(worker => worker.pid));
      process.kill(pid, "SIGHUP");
      while (!workers(pid).some(worker => !before.has(worker.pid))) await pause(10);
      while (workers(pid).some(worker => before.has(worker.pid) && !worker.isOld)) await pause(10);
    },
    killOldWorkers() {
      const old = workers(pid).filter(({ isOld }) => isOld);
      for (const worker of old) process.kill(worker.pid, "SIGKILL");
      return old.length;
    },
  };
}

function workers(master: number): { pid: number; isOld: boolean }[] {
  const file = `/proc/${master}/task/${master}/children`;
  const children = existsSync(file) ? readFileSync(file, "utf8").trim().split(" ").filter(Boolean) : [];
  return children.flatMap(child => {
    try {
      const title = readFileSync(`/proc/${child}/cmdline`, "utf8");
      return title.includes("worker process") ? [{ pid: Number(child), isOld: title.includes("shutting down") }] : [];
    } catch {
      return []; // it has ended meanwhile
    }
  });
}

function configuration(
  folder: string,
  port: number,
  { upstream, signed, clientCa, keepaliveRequests = 1000, http2 = true }: Parameters<typeof startNginx>[0],
): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
daemon off;
worker_processes 1;
${process.getuid?.() === 0 ? "user root root;" : ""}
pid ${folder}/nginx.pid;
error_log ${folder}/error.log notice;
events { worker_connections 256; }
http {
  log_format connections "$connection $status $request";
  access_log ${folder}/access.log connections;
  ${temporary.map(name => `${name}_temp_path ${folder}/${name};`).join("\n  ")}
  server {
    listen 127.0.0.1:${port} ssl${http2 ? " http2" : ""};
    ssl_certificate ${signed.cert};
    ssl_certificate_key ${signed.key};
    ${clientCa ? `ssl_client_certificate ${clientCa}; ssl_verify_client on;` : ""}
    client_max_body_size 0;
    keepalive_requests ${keepaliveRequests};
    location / {
      grpc_pass grpc://127.0.0.1:${upstream};
      grpc_read_timeout 24h;
      grpc_send_timeout 24h;
      grpc_socket_keepalive on;
      client_body_timeout 24h;
    }
  }
}
`;
}
