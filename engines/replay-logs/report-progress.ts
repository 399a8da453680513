import type { NewEvent } from "../../core/jobs/events.ts";

/** Tells how far a file is. */
export interface ReportProgress {
  /** So many lines of the file are there by now, and so many bytes came with the last of them. */
  sent(lines: number, bytes: number): void;
  waitFor(what: string | undefined): void;
  /** What was sent since this began. */
  bytes(): number;
}

const WINDOW = 5000;

/** Tells it as events of a step; the rate is that of the last seconds. */
export function progressReporter(
  table: string,
  emit: (event: NewEvent) => void,
  total: number | undefined,
): ReportProgress {
  let bytes = 0;
  let lines: number | undefined;
  let waitingFor: string | undefined;
  const samples: { at: number; lines: number }[] = [];
  const reportProgress = () => {
    const now = performance.now();
    samples.push({ at: now, lines: lines ?? 0 });
    while (samples.length > 2 && now - (samples[0]?.at ?? now) > WINDOW) samples.shift();
    const first = samples[0] ?? { at: now, lines: lines ?? 0 };
    const linesPerSecond = Math.round((((lines ?? 0) - first.lines) * 1000) / Math.max(1, now - first.at));
    emit({
      ...{ event: "progress", table, step: "send", done: lines ?? 0, lines: lines ?? 0, linesPerSecond },
      ...{ bytes: String(bytes), ...(total !== undefined && { total }), ...(waitingFor && { waitingFor }) },
    });
  };
  return {
    sent(now, more) {
      lines = now;
      bytes += more;
      reportProgress();
    },
    waitFor(what) {
      if (what === undefined && waitingFor === undefined) return;
      waitingFor = what;
      reportProgress();
    },
    bytes: () => bytes,
  };
}
