import pino, { type Logger } from "pino";
import pretty from "pino-pretty";

/** Where the worker says what it does. */
export type Log = Pick<Logger, "info" | "warn" | "error">;

/** Says nothing, for tests. */
export const silent: Log = pino({ level: "silent" });

/** One calm line for each thing that happened: coloured on a terminal, JSON elsewhere. */
export function openLog(terminal = process.stdout.isTTY): Log {
  if (!terminal) return pino({ base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const options = { colorize: true, ignore: "pid,hostname", translateTime: "SYS:HH:MM:ss", sync: true };
  return pino({ base: null }, pretty(options));
}
