import type { Layout } from "../files/layout.ts";
import type { Log } from "./print.ts";

/** What is known of the disk. `look` measures it, and says so once when it gets low and once when there is room again. */
export interface Disk {
  look(): void;
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
  const disk: Disk = { look, freeMb: 0, low: false };
  look();
  return disk;

  function look() {
    disk.freeMb = Math.floor(measure(layout.root) / 1024 ** 2);
    const low = disk.freeMb < settings.MIN_FREE_MB;
    if (low && !disk.low)
      log.warn(`Only ${disk.freeMb} MB free (limit ${settings.MIN_FREE_MB} MB): no new jobs are started. Make room.`);
    if (!low && disk.low) log.info(`${disk.freeMb} MB free again: going on.`);
    disk.low = low;
  }
}
