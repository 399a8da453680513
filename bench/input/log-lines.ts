import { once } from "node:events";
import { createWriteStream } from "node:fs";

/** A line of a web server's log, the same for the same number: 20 endpoints, 5 of 100 answers are errors. */
export function accessLine(i: number): string {
  const n = (i * 2654435761) % 4294967296;
  const at = new Date(1_760_000_000_000 + i * 500);
  const [day, month, year] = [at.getUTCDate(), MONTHS[at.getUTCMonth()], at.getUTCFullYear()];
  const time = `${String(day).padStart(2, "0")}/${month}/${year}:${at.toISOString().slice(11, 19)} +0000`;
  const ip = `${(n >>> 24) % 223}.${(n >>> 16) & 255}.${(n >>> 8) & 255}.${n & 7}`;
  const status = n % 100 < 5 ? 500 : n % 100 < 20 ? 404 : 200;
  return `${ip} - - [${time}] "GET /usr/page${n % 20}?q=${i} HTTP/1.1" ${status} ${n % 5000} "-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36" ${n % 300}`;
}

/** A line of a syslog, the same for the same number: 6 programs, 12 kinds of messages. */
export function syslogLine(i: number): string {
  const n = (i * 2654435761) % 4294967296;
  const at = new Date(1_760_000_000_000 + i * 500);
  const time = `${MONTHS[at.getUTCMonth()]} ${String(at.getUTCDate()).padStart(2)} ${at.toISOString().slice(11, 19)}`;
  return `${time} host${n % 4} ${PROGRAMS[n % 6]}[${n % 9000}]: ${MESSAGES[n % 12]} ${i} for 10.0.${n % 200}.${n % 250}`;
}

/** Writes so many lines. */
export async function writeLogFile(path: string, lines: number, line: (i: number) => string): Promise<void> {
  const file = createWriteStream(path);
  for (let i = 0; i < lines; ) {
    const to = Math.min(lines, i + 5000);
    let text = "";
    for (; i < to; i++) text += `${line(i)}\n`;
    if (!file.write(text)) await once(file, "drain");
  }
  file.end();
  await once(file, "finish");
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const PROGRAMS = ["sshd", "kernel", "systemd", "cron", "nginx", "postfix"];
const MESSAGES = [
  ...["session opened", "session closed", "authentication failure", "connection from", "job started", "job done"],
  ...["warning: slow answer", "error reading block", "accepted key", "timeout", "renewed lease", "not responding"],
];
