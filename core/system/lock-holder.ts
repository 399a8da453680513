import { readFileSync, statSync } from "node:fs";

/** What Linux knows of who else holds a lock on a file, for a sentence: `process 4711 (python3) of user 1000`. */
export function lockHolder(path: string): string | undefined {
  try {
    const { ino } = statSync(path);
    const pids = readFileSync("/proc/locks", "utf8")
      .split("\n")
      .flatMap(line => {
        const [, pid, inode] = /(\d+) [\da-f]+:[\da-f]+:(\d+) /.exec(line) ?? [];
        return inode === String(ino) && Number(pid) !== process.pid ? [Number(pid)] : [];
      });
    const [pid] = pids;
    return pid === undefined ? undefined : describe(pid);
  } catch {
    return undefined;
  }
}

// A process of another container has no number here.
function describe(pid: number): string {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    const [, name] = /^Name:\s*(.*)$/m.exec(status) ?? [];
    const [, user] = /^Uid:\s*(\d+)/m.exec(status) ?? [];
    return `process ${pid} (${name}) of user ${user}`;
  } catch {
    return `process ${pid}`;
  }
}
