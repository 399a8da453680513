import type { LogFormat } from "../format.ts";
import { levelOfStatus, STATUS_RULE } from "../levels.ts";
import { endpointOf, requestTemplate } from "../line-format.ts";
import { anyTime } from "../times/any-time.ts";

/** Fields of W3C's extended format by what they are called in IIS, CloudFront, Exchange and others. */
const FIELDS = {
  ip: ["c-ip", "cs-ip", "client-ip", "x-forwarded-for", "clientip"],
  method: ["cs-method"],
  path: ["cs-uri-stem", "cs-uri"],
  status: ["sc-status", "s-status", "status"],
  bytes: ["sc-bytes", "bytes"],
  took: ["time-taken"],
  host: ["cs-host", "x-host-header", "cs(host)", "s-computername", "server-hostname"],
  service: ["s-sitename", "x-edge-location", "connector-id", "s-event"],
} as const;

/** The format of a log that names its columns in a line `#Fields:`, by its first lines. Nothing if it is none. */
export function w3cOf(lines: readonly string[]): LogFormat | undefined {
  const at = lines.findIndex(line => /^#Fields:/i.test(line));
  const first = lines.findIndex(line => !line.startsWith("#"));
  if (at < 0 || (first >= 0 && at > first)) return undefined;
  const line = (lines[at] ?? "").replace(/^#Fields:\s*/i, "").trim();
  const records = lines.filter(one => !one.startsWith("#"));
  const separator = ["\t", ",", " "].find(sign => records[0]?.includes(sign)) ?? " ";
  const names = line.toLowerCase().split(separator === "," ? /\s*,\s*/ : /\s+/);
  const date = names.findIndex(name => /^(?:date-?time|date)$/.test(name));
  const clock = names.indexOf("time");
  if (date < 0 && clock < 0) return undefined;
  return format(names, separator, { date, clock, header: first < 0 ? lines.length : first });
}

function format(
  names: readonly string[],
  separator: string,
  { date, clock, header }: { date: number; clock: number; header: number },
): LogFormat {
  const isCloudFront = names.includes("x-edge-location");
  const sep = separator === "\t" ? "\\t" : separator;
  const cell = (parts: string, index: number) => {
    const value = `get(${parts}, ${index})`;
    return `case when ${value} not in ('-', '') then trim(both '"' from ${value}) end`;
  };
  return {
    name: "w3c",
    title: isCloudFront ? "AWS CloudFront access log" : "W3C extended log (IIS and others)",
    rule: STATUS_RULE,
    begins: "[^#\\s]",
    // Directives are written again when a server starts.
    follows: "traces",
    goesOn: "#",
    key: JSON.stringify([names, separator, header]),
    header,
    fits: line => line.split(separator).length === names.length,
    oneByOne: false,
    parts: raw => `split(${raw}, '${sep}')`,
    understood: (parts, time) => `size(${parts}) = ${names.length} and ${time} is not null`,
    columns(parts, { timeZone }) {
      const found = (key: keyof typeof FIELDS) => {
        const index = FIELDS[key].map(name => names.indexOf(name)).find(one => one >= 0);
        return index === undefined ? "cast(null as string)" : cell(parts, index);
      };
      const text = [date, clock].filter(index => index >= 0).map(index => cell(parts, index));
      const status = `try_cast(${found("status")} as int)`;
      const endpoint = endpointOf(found("path"));
      const hasStatus = FIELDS.status.some(name => names.includes(name));
      return {
        // These logs are in UTC unless somebody says otherwise.
        time: anyTime(`concat_ws(' ', ${text.join(", ")})`, timeZone),
        level: hasStatus ? levelOfStatus(status) : "'unknown'",
        message: hasStatus
          ? `concat_ws(' ', ${status}, ${found("method")}, ${found("path")})`
          : `array_join(slice(${parts}, ${text.length + 1}, ${names.length}), ' ')`,
        ...(hasStatus && { template: requestTemplate(status, found("method"), endpoint, "null") }),
        ip: found("ip"),
        method: found("method"),
        endpoint,
        status,
        bytes: `try_cast(${found("bytes")} as bigint)`,
        host: found("host"),
        service: found("service"),
        // IIS counts milliseconds, CloudFront seconds.
        seconds: `try_cast(${found("took")} as double)${isCloudFront ? "" : " / 1000d"}`,
      };
    },
  };
}
