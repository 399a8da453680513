import type { Layout } from "../../core/store/layout.ts";
import type { Log } from "../../core/system/console-log.ts";

/** The free disk. `look` measures it and logs once when it gets low and once when there is room again. */
export interface Disk {
  check(): void;
  freeMb: number;
  low: boolean;
}

interface Measured {
  layout: Layout;
  settings: { MIN_FREE_MB: number };
  freeBytes: (folder: string) => number;
  log: Log;
}

/** Watches the disk of the data folder against MIN_FREE_MB. */
export function watchDisk({ layout, settings, freeBytes: measure, log }: Measured): Disk {
  const disk: Disk = { check, freeMb: 0, low: false };
  check();
  return disk;

  function check() {
    disk.freeMb = Math.floor(measure(layout.root) / 1024 ** 2);
    const low = disk.freeMb < settings.MIN_FREE_MB;
    if (low && !disk.low)
      log.warn(`Only ${disk.freeMb} MB free (limit ${settings.MIN_FREE_MB} MB): no new jobs are started. Make room.`);
    if (!low && disk.low) log.info(`${disk.freeMb} MB free again: going on.`);
    disk.low = low;
  }
}
