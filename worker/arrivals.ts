import type { ArrivalFolder, Arrivals } from "../engines/engine.ts";
import { openWatch, type WatchedFolder } from "./arrival-folder.ts";
import type { Context } from "./context.ts";
import { tellOnce } from "./tell-once.ts";

/** The jobs that are made of what arrives in watched folders. */
export interface Arriving {
  look(now: number): void;
}

/** Asks every type again at each look which folders it watches. What is wrong with one keeps nobody else from its files. */
export function watchArrivals(context: Context, types: readonly Arrivals[]): Arriving {
  const { settings, log } = context;
  const watches = new Map<string, WatchedFolder>();
  const tell = tellOnce(log);
  return { look };

  function look(now: number) {
    for (const { type, folders } of types)
      tell(`What arrives for ${type} is not taken`, () => {
        for (const folder of folders(settings)) lookAt(folder, now);
      });
  }

  function lookAt(arriving: ArrivalFolder, now: number) {
    tell(`What arrives in ${arriving.folder} is not taken`, () => {
      const watch = watches.get(arriving.folder) ?? openWatch(context, arriving.folder);
      watches.set(arriving.folder, watch);
      watch.look(arriving, now);
    });
  }
}
