import { setTimeout as pause } from "node:timers/promises";
import { Admin } from "@platformatic/kafka";
import type { StepContext } from "../engine.ts";
import type { Offsets } from "./offsets.ts";
import type { StreamLogs } from "./parameters.ts";
import type { Report } from "./report.ts";

/** The topic of a stream, on brokers that answered. */
export interface Topic {
  brokers: string;
  /** The end of every partition; undefined where no broker answers. */
  ends(): Promise<Offsets | undefined>;
  /** The first offset that is still there. */
  firsts(): Promise<Offsets>;
  hasMoved(): Promise<boolean>;
  close(): Promise<void>;
}

/** Waits for a broker and for the topic, and says so; undefined where somebody wants the stream to end meanwhile. */
export async function findTopic(
  { job }: StepContext<StreamLogs>,
  report: Report,
  stop: AbortSignal,
): Promise<Topic | undefined> {
  const { topic } = job.parameters;
  while (!stop.aborted) {
    const brokers = process.env.KAFKA_BROKERS ?? "127.0.0.1:19592";
    const admin = new Admin({
      clientId: "portal",
      bootstrapBrokers: brokers.split(","),
      retries: 1,
      timeout: 3000,
      connectTimeout: 3000,
    });
    const list = async (timestamp: bigint) => {
      const md = await admin.metadata({ topics: [topic], forceUpdate: true });
      const n = md.topics.get(topic)?.partitionsCount ?? 0;
      const out = await admin.listOffsets({
        topics: [
          {
            name: topic,
            partitions: Array.from({ length: n }, (_, partitionIndex) => ({ partitionIndex, timestamp })),
          },
        ],
      });
      return Object.fromEntries(out[0]!.partitions.map(p => [String(p.partitionIndex), Number(p.offset)]));
    };
    try {
      await list(-1n);
      report.waitFor(undefined);
      return {
        brokers,
        ends: () => list(-1n).catch(() => undefined),
        firsts: () => list(-2n),
        hasMoved: async () => false,
        close: () => admin.close(),
      };
    } catch (error) {
      report.waitFor(`the topic ${topic}: ${(error as Error).message}`);
      await admin.close();
    }
    await pause(2000, undefined, { signal: stop }).catch(() => undefined);
  }
  return undefined;
}
