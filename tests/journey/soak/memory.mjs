import { readdirSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";

// Loaded into worker and portal: asked for it, they say what they hold once all garbage is gone.
process.on("message", async message => {
  if (message !== "memory") return;
  for (let i = 0; i < 4; i++) {
    globalThis.gc?.();
    await pause(100);
  }
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send?.({ heapUsed, external, rss, files: readdirSync("/proc/self/fd").length });
});
