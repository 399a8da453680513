import { writeFileSync } from "node:fs";
import { join } from "node:path";

const DAY = Date.UTC(2026, 10, 23);
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** What two dropped logs hold: one hour in which an endpoint fails, and a driver that loses an executor in it. */
export const HELD = { access: 2400, failing: 60, failingHour: "14", spark: 240, traces: 3, notLines: 2 };

/** Writes a day of `access.log` and `driver.log` into a folder, always the same. */
export function writeLogs(folder: string): { access: string; driver: string } {
  const access = Array.from({ length: HELD.access }, (_, i) => {
    const at = new Date(DAY + Math.floor((i * 86_400_000) / HELD.access));
    const fails = at.getUTCHours() === Number(HELD.failingHour) && i % 100 < HELD.failing;
    const path = fails ? `/api/orders/${i}` : ["/", "/login", "/api/bills"][i % 3];
    const [status, bytes] = fails ? [502, 0] : i % 40 === 0 ? [404, 90] : [200, 5120];
    return `203.0.113.${fails ? 9 : i % 20} - - [${stamp(at)} +0000] "GET ${path} HTTP/1.1" ${status} ${bytes} "-" "Mozilla/5.0"`;
  });
  const driver = Array.from({ length: HELD.spark }, (_, i) => {
    const at = new Date(DAY + Math.floor((i * 86_400_000) / HELD.spark)).toISOString();
    const head = `${at.slice(2, 10).replaceAll("-", "/")} ${at.slice(11, 19)}`;
    if (i >= 142 && i < 142 + HELD.traces)
      return `${head} ERROR TaskSetManager: Task ${i} failed: <script>alert("x")</script>\njava.io.IOException: disk ${i}\n\tat org.example.Disk.write(Disk.java:17)`;
    return `${head} INFO MemoryStore: Block broadcast_${i} stored`;
  });
  const paths = { access: join(folder, "access.log"), driver: join(folder, "driver.log") };
  writeFileSync(paths.access, `${access.join("\n")}\n${"-- cut here --\n".repeat(HELD.notLines)}`);
  writeFileSync(paths.driver, `${driver.join("\n")}\n`);
  return paths;
}

function stamp(at: Date): string {
  const iso = at.toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[at.getUTCMonth()]}/${iso.slice(0, 4)}:${iso.slice(11, 19)}`;
}
