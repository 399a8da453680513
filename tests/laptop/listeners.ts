import { readdirSync, readFileSync, readlinkSync } from "node:fs";

/** The addresses that a process listens on, from Linux's own tables: `127.0.0.1`, `0.0.0.0`, `::` … */
export function listeners(pid: number): string[] {
  const mine = new Set(readdirSync(`/proc/${pid}/fd`).map(name => linkOf(`/proc/${pid}/fd/${name}`)));
  return ["tcp", "tcp6"].flatMap(table =>
    readFileSync(`/proc/${pid}/net/${table}`, "utf8")
      .split("\n")
      .slice(1)
      .map(line => line.trim().split(/\s+/))
      .filter(field => field[3] === "0A" && mine.has(`socket:[${field[9]}]`))
      .map(field => addressOf(field[1] ?? "")),
  );
}

function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return "";
  }
}

// The last 32 bits, in the machine's byte order, are the IPv4 address; what comes before is all zero or says ::ffff.
function addressOf(field: string): string {
  const hex = field.split(":")[0] ?? "";
  const last = hex.slice(-8).match(/../g) ?? [];
  const prefix = hex.slice(0, -8);
  const mapped = prefix === "" || prefix === "0000000000000000FFFF0000";
  return `${mapped ? "" : "::"}${last
    .reverse()
    .map(byte => Number.parseInt(byte, 16))
    .join(".")}`;
}
