import type { TestEvent } from "node:test/reporters";

/** A reporter that gives the file of every test that failed, a line each. */
export default async function* failed(source: AsyncIterable<TestEvent>): AsyncGenerator<string> {
  for await (const { type, data } of source) {
    if (type === "test:fail" && data.file) yield `${data.file}\n`;
  }
}
