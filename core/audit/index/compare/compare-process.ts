import { layoutOf } from "../../../store/layout.ts";
import { openStore } from "../store.ts";
import { compareArchive } from "./compare.ts";

// The process that reconcile.ts starts: <DATA_DIR>. It says how many jobs were new.
const layout = layoutOf(process.argv[2] ?? "");
const store = openStore(layout);
try {
  console.log(compareArchive(layout, store));
} finally {
  store.close();
}
