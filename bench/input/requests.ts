import { openProducer } from "../../connectors/kafka/producer.ts";

/** One request as a service logs it, and what there is to know of it. */
export interface GeneratedRequest {
  line: string;
  ip: string;
  time: Date;
  method: string;
  endpoint: string;
  status: number;
  bytes: number;
  /** Milliseconds. */
  took: number;
}

const ENDPOINTS = ["/usr", "/usr/admin", "/usr/login", "/usr/register", "/usr/admin/developer"];
const STATUSES = [200, 200, 200, 303, 304, 403, 404, 500, 502];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Requests as Kaggle's server logs have them, the response time last; the same at every run, each line another. */
export function requests(count: number, from = 0): GeneratedRequest[] {
  return Array.from({ length: count }, (_, index) => requestOf(from + index));
}

/** Sends lines, a part to each partition, in their order. */
export async function produceLines(
  brokers: string,
  topic: string,
  lines: readonly string[],
  partitions = 4,
): Promise<void> {
  const producer = openProducer(brokers, topic);
  try {
    for (let partition = 0; partition < partitions; partition++) {
      const own = lines.filter((_, at) => at % partitions === partition).map(line => Buffer.from(line));
      if (own.length > 0) await producer.send({ lines: own, partition });
    }
  } finally {
    await producer.close();
  }
}

function requestOf(number: number): GeneratedRequest {
  const drawn = (salt: number) => (Math.imul(number + 1, 2_654_435_761) ^ Math.imul(salt, 40_503)) >>> 0;
  const ip = [1, 2, 3, 4].map(salt => (drawn(salt) >>> (salt * 3)) & 255).join(".");
  // A request every seven seconds: some hours are full of them.
  const time = new Date(Date.UTC(2026, 0, 31, 20) + number * 7_000);
  const method = ["GET", "POST", "PUT", "DELETE"][drawn(5) % 4] ?? "";
  const endpoint = ENDPOINTS[drawn(6) % ENDPOINTS.length] ?? "";
  const status = STATUSES[drawn(7) % STATUSES.length] ?? 0;
  const [bytes, took] = [4_900 + (drawn(8) % 200), 1 + (drawn(9) % 5_000)];
  const two = (value: number) => String(value).padStart(2, "0");
  const day = `${two(time.getUTCDate())}/${MONTHS[time.getUTCMonth()]}/${time.getUTCFullYear()}`;
  const clock = [time.getUTCHours(), time.getUTCMinutes(), time.getUTCSeconds()].map(two).join(":");
  const line = `${ip} - - [${day}:${clock} +0000] "${method} ${endpoint}?n=${number} HTTP/1.0" ${status} ${bytes} "-" "Mozilla/5.0 (X11)" ${took}`;
  return { line, ip, time, method, endpoint, status, bytes, took };
}
