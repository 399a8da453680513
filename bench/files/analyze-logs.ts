import { mkdirSync } from "node:fs";
import { loadavg } from "node:os";
import { join } from "node:path";
import { execaSync } from "execa";
import { sqlName } from "../../connectors/iceberg/names.ts";
import { uploadsFolder } from "../../core/store/data-files.ts";
import { optionsFor } from "../../engines/analyze-logs/options.ts";
import { linesTable } from "../../engines/analyze-logs/parameters.ts";
import { analyseFiltered } from "../../engines/analyze-logs/portal/lines/filtered.ts";
import { conditionOf } from "../../engines/analyze-logs/portal/lines/filters.ts";
import { accessLine, syslogLine, writeLogFile } from "../input/log-lines.ts";
import { runJob } from "../measuring/job.ts";
import { judge, median, timed } from "../measuring/ratio.ts";
import { benchStack } from "../measuring/stack.ts";

/*
 * BENCH_LINES (1,000,000) of a web server and as many of a syslog from the job file to the finished analysis, by turns with
 * GoAccess on the same file; a filter on the finished analysis; BENCH_TIMES (10) as many lines.
 */
const LINES = Number(process.env.BENCH_LINES ?? 1_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const TIMES = Number(process.env.BENCH_TIMES ?? 10);
const AUTO = { histogram: "auto", trend: "auto" };
const bench = await benchStack();
const tables: string[] = [];
try {
  const { settings } = bench;
  const uploads = uploadsFolder(settings.DATA_DIR);
  mkdirSync(uploads, { recursive: true });
  const access = join(uploads, "access.log");
  await writeLogFile(access, LINES, accessLine);
  await writeLogFile(join(uploads, "sys.log"), LINES, syslogLine);
  const figures: number[] = [];
  const run = async (file: string) => {
    const began = performance.now();
    const ran = await runJob(settings, "analyze-logs", { files: [file], year: 2025 }, event => {
      const read = event.event === "progress" && event.step.startsWith("read ");
      if (read) figures.push((performance.now() - began) / 1000);
    });
    tables.push(sqlName(linesTable(ran.id)));
    return ran;
  };
  // The first analysis of a server pays for classes and compiled code.
  await run("access.log");
  figures.length = 0;
  const seconds = { access: [] as number[], syslog: [] as number[], goaccess: [] as number[] };
  for (let round = 0; round < ROUNDS; round++) {
    seconds.access.push(await timed(() => run("access.log")));
    seconds.syslog.push(await timed(() => run("sys.log")));
    const other = goaccess(access, join(settings.DATA_DIR, "goaccess.json"));
    if (other !== undefined) seconds.goaccess.push(other);
    const told = Object.entries(seconds).map(([name, all]) => `${name} ${all.at(-1)?.toFixed(2) ?? "not there"} s`);
    console.log(`  round ${round + 1}: ${told.join(", ")}; load ${loadavg()[0]?.toFixed(1)}`);
  }
  console.log(
    `${LINES} lines: access ${median(seconds.access).toFixed(2)} s, syslog ${median(seconds.syslog).toFixed(2)} s`,
  );
  judge("the first figure (lines)", median(figures), { atMost: 3 }, "s");
  if (seconds.goaccess.length === 0) console.log("GoAccess is not there: apt-get install goaccess");
  else {
    judge("access against GoAccess", median(seconds.access) / median(seconds.goaccess), { atMost: 1 });
    judge("syslog against GoAccess on as many lines", median(seconds.syslog) / median(seconds.goaccess), { atMost: 1 });
  }
  const session = await bench.session();
  const { id, outcomes } = await run("access.log");
  const options = optionsFor(outcomes[0]?.analysis ?? {}, 10, AUTO);
  const filters = [
    { levels: ["error"] },
    { text: "page7?" },
    { endpoint: "/usr/page3" },
    { levels: ["warn", "error"] },
  ];
  const filtered: number[][] = [];
  for (let round = 0; round < ROUNDS + 3; round++) {
    const seconds: number[] = [];
    for (const filter of filters)
      seconds.push(
        await timed(() => analyseFiltered(session, { job: id, lines: LINES, where: conditionOf(filter) }, options)),
      );
    console.log(
      `  filters ${filters.map((filter, i) => `${JSON.stringify(filter)} ${seconds[i]?.toFixed(2)} s`).join(", ")}`,
    );
    filtered.push(seconds);
  }
  // The first rounds pay for classes and compiled code.
  judge("a filter, of all analyses", median(filtered.slice(3).flat()), { atMost: 1 }, "s");
  if (TIMES > 1) {
    await writeLogFile(join(uploads, "many.log"), LINES * TIMES, accessLine);
    judge(`${TIMES} times as many lines`, (await timed(() => run("many.log"))) / median(seconds.access), {
      atMost: TIMES * 1.05,
    });
  }
} finally {
  const session = await bench.session();
  for (const table of tables) await session.command(`drop table if exists ${table} purge`).catch(() => undefined);
  await bench.end();
}

/** Seconds that GoAccess takes for all its panels; undefined where it is not installed. */
function goaccess(file: string, into: string): number | undefined {
  const format = '%h %^[%d:%t %^] "%r" %s %b "%R" "%u" %L';
  const began = performance.now();
  try {
    execaSync(
      "goaccess",
      [
        file,
        "-o",
        into,
        "--no-progress",
        "--log-format",
        format,
        "--date-format",
        "%d/%b/%Y",
        "--time-format",
        "%H:%M:%S",
      ],
      { stdio: "ignore" },
    );
    return (performance.now() - began) / 1000;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
