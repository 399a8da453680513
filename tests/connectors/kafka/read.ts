import { Consumer } from "@platformatic/kafka";
import type { Topics } from "../../../connectors/kafka/topics.ts";

/** Every value of a topic by partition, in order, by a client that knows nothing of ours. */
export async function readAll(brokers: string, topics: Topics, topic: string): Promise<Record<string, string[]>> {
  const consumer = new Consumer({ clientId: "test", groupId: `test-${Date.now()}`, bootstrapBrokers: [brokers] });
  const ends = await topics.ends(topic);
  const most = Object.values(ends).reduce((sum, end) => sum + end, 0);
  const found: Record<string, string[]> = {};
  try {
    const stream = await consumer.consume({ topics: [topic], mode: "earliest", autocommit: false, maxWaitTime: 200 });
    let read = 0;
    if (most > 0)
      for await (const { partition, value } of stream) {
        const values = found[partition] ?? [];
        values.push(value.toString());
        found[partition] = values;
        if (++read === most) break;
      }
    return found;
  } finally {
    await consumer.close(true);
  }
}
