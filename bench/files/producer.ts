import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ProduceAcks, Producer } from "@platformatic/kafka";
import pMap from "p-map";
import { openTopics } from "../../connectors/kafka/topics.ts";
import { readEndpoints } from "../../core/endpoints.ts";
import { jobOf } from "../../core/jobs/job.ts";
import { readSettings } from "../../core/settings.ts";
import { endProcess } from "../../core/system/end-process.ts";
import { openLines } from "../../engines/replay-logs/lines.ts";
import { writeSampleLog } from "../../engines/replay-logs/sample-log.ts";
import { replayFileLines } from "../../engines/replay-logs/send.ts";
import { ensure } from "../../laptop/ensure.ts";
import { kafkaPlan } from "../../laptop/servers/kafka.ts";
import { byTurns, judge } from "../measuring/ratio.ts";

// A log file into a topic as `replay-logs` sends it, with the reading, the marks and the place that is kept, against the
// bare client with the same promises that finds its lines in memory. A broker of its own is started for it.
const LINES = Number(process.env.BENCH_LINES ?? 400_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 5);

const folder = mkdtempSync(join(tmpdir(), "portal-producer-"));
const settings = { ...readSettings(), KAFKA_BROKERS: undefined, LAPTOP_DIR: folder, DATA_DIR: folder };
const broker = await ensure(settings, await kafkaPlan(settings, 0));
try {
  await broker.start();
  await measure(`127.0.0.1:${broker.port}`);
} finally {
  const { kafka } = readEndpoints(settings);
  if (kafka) await endProcess(kafka);
  rmSync(folder, { recursive: true, force: true });
}

async function measure(brokers: string): Promise<void> {
  const path = join(folder, "sample.log");
  await writeSampleLog(path, LINES);
  const megabytes = statSync(path).size / 2 ** 20;
  const batches = await batchesOf(path, 1000);
  const topics = openTopics(brokers);
  const topicFor = async (way: string, round: number) => {
    const topic = `${way}-${round}`;
    await topics.create(topic);
    return topic;
  };
  console.log(`${LINES} lines, ${megabytes.toFixed(0)} MB, into four partitions`);
  const seconds = await byTurns(ROUNDS, {
    ours: async round => await replay(brokers, path, await topicFor("ours", round)),
    bare: async round => await bare(brokers, batches, await topicFor("bare", round), true),
    "bare, without order": async round => await bare(brokers, batches, await topicFor("four", round), false),
  });
  for (let round = 0; round < ROUNDS; round++) {
    const ends = Object.values(await topics.ends(`ours-${round}`)).reduce((sum, end) => sum + end, 0);
    if (ends !== LINES) throw new Error(`Round ${round + 1} left ${ends} lines in its topic.`);
  }
  await topics.close();
  for (const [way, took] of Object.entries(seconds)) console.log(`${way}: ${Math.round(LINES / took)} lines a second`);
  judge("replay-logs against the bare client", seconds.bare / seconds.ours, { atLeast: 0.8 });
}

async function replay(brokers: string, path: string, topic: string): Promise<void> {
  const origin = { via: "command", submittedBy: "bench", submittedAt: new Date().toISOString() } as const;
  const job = jobOf(topic, { type: "replay-logs", parameters: {} }, {}, origin);
  const place = { key: topic, topic, file: "", line: 0, byte: 0, starts: {}, ends: {} };
  const context = {
    job: { ...job, parameters: { file: path, topic } },
    settings,
    signal: new AbortController().signal,
  };
  const silent = { sent: () => {}, waitFor: () => {}, bytes: () => 0 };
  await replayFileLines({ path, brokers, partitions: 4, line: 0 }, place, context, silent);
}

/** Each line once and in order, one batch on its way as the client has it then; or neither, and four on their way. */
async function bare(brokers: string, batches: readonly Buffer[][], topic: string, idempotent: boolean): Promise<void> {
  const producer = new Producer({ clientId: "bench", bootstrapBrokers: [brokers], acks: ProduceAcks.ALL, idempotent });
  const send = async (lines: Buffer[], at: number) => {
    await producer.send({ messages: lines.map(value => ({ topic, value, partition: at % 4 })) });
  };
  await pMap(batches, send, { concurrency: idempotent ? 1 : 4 });
  await producer.close();
}

async function batchesOf(path: string, size: number): Promise<Buffer[][]> {
  const reader = await openLines(path);
  const batches: Buffer[][] = [];
  for (let chunk = await reader.next(size); chunk; chunk = await reader.next(size)) batches.push(chunk.lines);
  reader.close();
  return batches;
}
