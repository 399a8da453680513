import { parentPort, workerData } from "node:worker_threads";
import type { Layout } from "../../files/layout.ts";
import { compareArchive } from "./compare.ts";
import { openStore } from "./store.ts";

// The thread of reconcile.ts: it gets the layout, and answers with the number of new jobs.
const layout = workerData as Layout;
const store = openStore(layout);
try {
  parentPort?.postMessage(compareArchive(layout, store));
} finally {
  store.close();
}
