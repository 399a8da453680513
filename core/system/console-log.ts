import { writeSync } from "node:fs";
import pino, { type Logger } from "pino";
import pretty from "pino-pretty";

/** Where the worker says what it does. */
export type Log = Pick<Logger, "info" | "warn" | "error">;

/** Says nothing, for tests. */
export const silent: Log = pino({ level: "silent" });

/** One calm line for each thing that happened: coloured on a terminal, JSON elsewhere. */
export function openLog(terminal = process.stdout.isTTY): Log {
  if (!terminal) return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime }, { write: writeLine });
  const options = { colorize: true, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss", sync: true };
  return pino({ base: null }, pretty(options));
}

/** Runs a step that may fail repeatedly. Logs an error once, and again only after a success or with another message. */
export function warnOnce(log: Log): (about: string, step: () => void) => void {
  const isWarned = new Map<string, string>();
  return (about, step) => {
    try {
      step();
      isWarned.delete(about);
    } catch (error) {
      const { message } = error as Error;
      if (isWarned.get(about) !== message) log.warn(`${about}: ${message}`);
      isWarned.set(about, message);
    }
  };
}

// A log on a full disk loses lines; the worker that writes them goes on, and can be stopped.
function writeLine(line: string): void {
  const bytes = Buffer.from(line);
  for (let written = 0, tries = 0; written < bytes.length && tries < 200; ) {
    try {
      written += writeSync(1, bytes, written);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") return;
      // A pipe that is full: its reader is given a moment.
      Atomics.wait(pause, 0, 0, 5);
      tries += 1;
    }
  }
}

const pause = new Int32Array(new SharedArrayBuffer(4));
