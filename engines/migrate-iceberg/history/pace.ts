import { setTimeout as pause } from "node:timers/promises";

/** Limits of a copy: megabytes a second over all its streams, and the hours of the day in which it may run. */
export interface Limits {
  maxMBps?: number | undefined;
  /** `22:00-06:00`, in the time zone of this machine. */
  between?: string | undefined;
}

/** Waits before so many bytes are read: until the hours begin, then as long as the bandwidth asks for. */
export function copyPaceOf(
  { maxMBps, between }: Limits,
  signal: AbortSignal,
  onWaiting: (until: Date) => void,
): (bytes: number) => Promise<void> {
  let free = 0;
  return async bytes => {
    for (let wait = beforeHours(between); wait > 0; wait = beforeHours(between)) {
      onWaiting(new Date(Date.now() + wait));
      await pause(Math.min(wait, 60_000), undefined, { signal });
    }
    if (!maxMBps) return;
    const start = Math.max(Date.now(), free);
    free = start + bytes / (maxMBps * 1000);
    if (free > Date.now()) await pause(free - Date.now(), undefined, { signal });
  };
}

/** How long it is until such hours begin, in milliseconds; 0 within them. Hours that end before they begin go over midnight. */
export function beforeHours(between: string | undefined, now = new Date()): number {
  if (!between) return 0;
  const [from = 0, to = 0] = between.split("-").map(minutesOf);
  const minute = now.getHours() * 60 + now.getMinutes();
  const within = from <= to ? minute >= from && minute < to : minute >= from || minute < to;
  if (within || from === to) return 0;
  const begin = new Date(now);
  begin.setHours(Math.floor(from / 60), from % 60, 0, 0);
  if (begin <= now) begin.setDate(begin.getDate() + 1);
  return begin.getTime() - now.getTime();
}

function minutesOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(":").map(Number);
  return hours * 60 + minutes;
}
