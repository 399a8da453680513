import { once } from "node:events";
import { createWriteStream, existsSync, mkdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { uploadsFolder } from "../../core/store/data-files.ts";

const LINES = 200_000;
const DAY = 86_400_000;

/** The sample of a server's log among the uploads; written where it is not there yet, a day of requests up to yesterday. */
export async function sampleLog(dataDir: string): Promise<string> {
  const path = join(uploadsFolder(dataDir), "sample-server.log");
  if (!existsSync(path)) await writeSampleLog(path, LINES);
  return path;
}

/**
 * Writes a log in the shape of a web server's, the time to answer in milliseconds as last field; seen whole or not at
 * all. The same seed and start give the same lines: public, private and reserved addresses, IPv6, and a few broken lines.
 */
export async function writeSampleLog(
  path: string,
  lines: number,
  { seed = 1, start = Math.floor(Date.now() / DAY) * DAY - DAY }: { seed?: number; start?: number } = {},
): Promise<void> {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const temporary = join(dirname(path), `.sample.${process.pid}.tmp`);
  const file = createWriteStream(temporary, { mode: 0o600 });
  const random = randomOf(seed);
  let time = start;
  for (let written = 0; written < lines; ) {
    const until = Math.min(lines, written + 5000);
    let text = "";
    for (; written < until; written++) {
      time += -Math.log(1 - random()) * (DAY / lines);
      text += `${sampleLine(random, time)}\n`;
    }
    if (!file.write(text)) await once(file, "drain");
  }
  file.end();
  await once(file, "close");
  renameSync(temporary, path);
}

/** One line. */
function sampleLine(random: () => number, time: number): string {
  if (random() < 0.001) return BROKEN[Math.floor(random() * BROKEN.length)] ?? "";
  const { path, milliseconds } = weighted(random, ENDPOINTS);
  const { status } = weighted(random, STATUSES);
  const { method } = weighted(random, METHODS);
  // Most answers are quick, a few are very slow.
  const taken = Math.round(milliseconds * Math.exp(normal(random) * 0.6) * (status >= 500 ? 3 : 1));
  const bytes = Math.round(4500 + 600 * normal(random));
  const agent = AGENTS[Math.floor(random() * AGENTS.length)];
  return `${address(random)} - - [${stamp(time)}] "${method} ${path} HTTP/1.0" ${status} ${Math.max(0, bytes)} "-" "${agent}" ${taken}`;
}

function address(random: () => number): string {
  const byte = () => Math.floor(random() * 256);
  const kind = random();
  if (kind < 0.02) return `10.${byte()}.${byte()}.${byte()}`;
  if (kind < 0.04) return `192.168.${byte()}.${byte()}`;
  if (kind < 0.045) return `127.0.0.${byte()}`;
  if (kind < 0.05) return `203.0.113.${byte()}`;
  if (kind < 0.07) return `2001:4860:${byte().toString(16)}::${(1 + byte()).toString(16)}`;
  return `${1 + Math.floor(random() * 223)}.${byte()}.${byte()}.${byte()}`;
}

function stamp(time: number): string {
  const iso = new Date(time).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

type Choices<T> = readonly [T & { weight: number }, ...(T & { weight: number })[]];

function weighted<T>(random: () => number, choices: Choices<T>): T {
  let left = random() * choices.reduce((sum, { weight }) => sum + weight, 0);
  for (const choice of choices) {
    left -= choice.weight;
    if (left < 0) return choice;
  }
  return choices[0];
}

function normal(random: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Numbers from 0 to 1, always the same after the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

const ENDPOINTS: Choices<{ path: string; milliseconds: number }> = [
  { path: "/usr", milliseconds: 180, weight: 30 },
  { path: "/usr/login", milliseconds: 260, weight: 28 },
  { path: "/usr/register", milliseconds: 420, weight: 20 },
  { path: "/usr/admin", milliseconds: 700, weight: 14 },
  { path: "/usr/admin/developer", milliseconds: 1600, weight: 8 },
];

const STATUSES: Choices<{ status: number }> = [
  { status: 200, weight: 72 },
  { status: 303, weight: 7 },
  { status: 304, weight: 7 },
  { status: 403, weight: 4 },
  { status: 404, weight: 6 },
  { status: 500, weight: 2.5 },
  { status: 502, weight: 1.5 },
];

const METHODS: Choices<{ method: string }> = [
  { method: "GET", weight: 60 },
  { method: "POST", weight: 25 },
  { method: "PUT", weight: 10 },
  { method: "DELETE", weight: 5 },
];

const AGENTS = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_5) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
  "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
  "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
  "curl/8.7.1",
];

const BROKEN = [
  "",
  "-",
  "kernel: possible SYN flooding on port 80",
  '198.51.100.7 - - [not a time] "GET',
  "\u0000\u0001garbage",
];

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
