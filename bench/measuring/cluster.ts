import { setTimeout as pause } from "node:timers/promises";

/** A cluster on this machine that the worker's Spark and scripts run on. */
export interface Cluster {
  /** The settings that lead the worker to it. */
  settings: Record<string, string>;
  /** Lines of `spark.conf` for a server with one small executor. */
  conf: readonly string[];
  /** The applications that run now. */
  applications(): Promise<{ id: string; name: string }[]>;
  /** Ends an application as an administrator does. */
  kill(application: string): Promise<void>;
  /** The processes of the executors of all applications. */
  executors(): Promise<number[]>;
  stop(): Promise<void>;
}

/** Waits until something is true, up to four minutes: a busy machine takes its time. */
export async function until(isTrue: () => boolean | Promise<boolean>, milliseconds = 240_000): Promise<void> {
  for (const end = Date.now() + milliseconds; !(await isTrue()); await pause(200))
    if (Date.now() > end) throw new Error(`waited ${milliseconds / 1000} s in vain until ${isTrue}`);
}
