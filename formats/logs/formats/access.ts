import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import type { LogFormat } from "../format.ts";
import { DURATIONS, type DurationUnit } from "../format.ts";
import { levelOfStatus, STATUS_RULE } from "../levels.ts";
import { endpointOf, lineFormat, secondsOf } from "../line-format.ts";
import { pattern } from "../pattern.ts";
import { mask, maskPath } from "../template-groups.ts";
import { monthOf, timestamp } from "../times/times.ts";

// What follows the bytes is looked at from its end only: most of a line is the browser's name.
const LINE = pattern(
  String.raw`(?:(?<host>[\w.-]+:\d+|[\w.-]+(?= [\da-fA-F.:]{3,45} )) )?(?<ip>\S+) \S+ (?:\S+|"[^"]*"|[^\["]{1,200}) \[(?<day>\d\d)/(?<month>\w{3})/(?<year>\d{4}):(?<time>\d\d:\d\d:\d\d(?:\.\d{1,9})?) (?<zone>[+-]\d{4})\] "(?:(?<method>[A-Za-z_-]{1,32}) (?<target>\S+)(?: HTTP/[\d.]+)?|(?<request>.*?))" (?<status>\d{3}) (?<bytes>\d+|-)(?= |$)`,
);

/** The common and the combined log of Apache and nginx, with the virtual host in front or the response time at the end. */
export const access: LogFormat = accessOf("milliseconds");

/**
 * The same with whole numbers at the end in the unit that a job says. Where it says none, by a file's lines: milliseconds as
 * Kaggle's server logs have them; Apache's microseconds, %D, where one would have taken ten minutes and more, or half of
 * them ten seconds. That is a guess, and said.
 */
export function accessByLines(lines: readonly string[], unit?: DurationUnit): LogFormat {
  if (unit) return accessOf(unit);
  const took = lines.flatMap(line => /^[^"]*"[^"]*" \d{3} .*[" ](\d{1,12})$/.exec(line)?.[1] ?? []).map(Number);
  if (took.length === 0) return access;
  const slow = took.filter(number => number > 10_000).length;
  const found = took.some(number => number > 600_000) || slow * 2 > took.length ? "microseconds" : "milliseconds";
  return {
    ...accessOf(found),
    doubt: `the durations at the ends of its lines have no unit and were taken for ${found}: a job's "durations" says another`,
  };
}

// `rt=0.123` and the like, behind the browser's name.
const KEYED = String.raw`" (?:[^"]* )?(?:rt|request_time|req_time)="?(\d+\.\d+)`;

function accessOf(unit: DurationUnit): LogFormat {
  const per = DURATIONS[unit];
  return {
    name: "access",
    title: "Web access log (common, combined, combined with response time)",
    key: per,
    rule: STATUS_RULE,
    begins: LINE.source,
    follows: "none",
    parts: LINE.parts,
    understood: (parts, time) => `${LINE.matched(parts)} and ${time} is not null`,
    columns(parts) {
      const part = (name: string) => LINE.group(parts, name);
      const sure = (name: string) => LINE.always(parts, name);
      const status = `try_cast(${sure("status")} as int)`;
      const endpoint = `substring_index(substring_index(${part("target")}, '?', 1), '#', 1)`;
      const request = `coalesce(concat(${part("method")}, ' ', ${part("target")}), ${part("request")}, '-')`;
      const date = `concat(${sure("year")}, '-', ${monthOf(sure("month"))}, '-', ${sure("day")})`;
      // With a point it is seconds, as nginx writes them; with a unit, that; a whole number is of the file's own unit.
      const took = `trim(substring_index(${LINE.rest(parts)}, '"', -1))`;
      return {
        time: timestamp(date, sure("time"), sure("zone")),
        level: levelOfStatus(status),
        message: `concat(${sure("status")}, ' ', ${request})`,
        template: `concat(${sure("status")}, ' ', coalesce(concat(${part("method")}, ' ', ${maskPath(endpoint)}), ${mask(part("request"))}, '-'))`,
        // The last of several that a proxy has passed on ends with a comma.
        ip: `rtrim(',', ${sure("ip")})`,
        endpoint,
        host: `nullif(regexp_replace(${part("host")}, ':\\\\d+$', ''), '-')`,
        method: part("method"),
        status,
        bytes: `try_cast(${sure("bytes")} as bigint)`,
        seconds: `coalesce(if(contains(${LINE.rest(parts)}, 'rt=') or contains(${LINE.rest(parts)}, '_time='), try_cast(nullif(regexp_extract(${LINE.rest(parts)}, ${sparkLiteral(KEYED)}, 1), '') as double), null), if(endswith(${took}, 's'), ${secondsOf(took)}, try_cast(${took} as double) / if(contains(${took}, '.'), 1d, ${per})))`,
      };
    },
  };
}

/** Access logs of Amazon's application and classic load balancers. */
export const loadBalancer: LogFormat = lineFormat({
  name: "aws-elb",
  title: "AWS load balancer (ALB, ELB)",
  line: String.raw`(?:(?:https?|h2|grpcs?|wss?) )?(?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z) (?<service>\S+) (?<ip>[\da-fA-F.:]+):\d+ \S+ (?<wait>-?[\d.]+) (?<took>-?[\d.]+) (?<sent>-?[\d.]+) (?<status>\d{3}|-) \S+ \d+ (?<bytes>\d+) "(?:(?<method>\S+) (?<target>\S+) [^"]*)"`,
  follows: "none",
  more: ({ part }) => {
    // -1 where the balancer got no answer.
    const each = ["wait", "took", "sent"].map(name => `try_cast(${part(name)} as double)`);
    return {
      seconds: `if(${each.map(one => `${one} >= 0`).join(" and ")}, round(${each.join(" + ")}, 6), null)`,
      message: `concat_ws(' ', ${part("status")}, ${part("method")}, ${part("target")})`,
    };
  },
});

/** The server access log of Amazon S3. */
export const s3Access: LogFormat = lineFormat({
  name: "aws-s3",
  title: "AWS S3 access log",
  line: String.raw`(?:[0-9a-f]{64}|-) (?<service>\S+) \[(?<at>\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4})\] (?<ip>\S+) \S+ \S+ (?<operation>[A-Z]+\.\S+) \S+ (?:"(?:(?<method>\S+) (?<target>\S+)[^"]*|-)"|-) (?:(?<status>\d{3})|-) \S+ (?:(?<bytes>\d+)|-) \S+ (?:(?<ms>\d+)|-)`,
  follows: "none",
  more: ({ part }) => ({
    message: `concat_ws(' ', ${part("status")}, ${part("operation")}, ${part("target")})`,
    level: `coalesce(${levelOfStatus(`try_cast(${part("status")} as int)`)}, 'info')`,
  }),
});

/** Squid's own format: how long it took, the client, what the cache did. */
export const squid: LogFormat = lineFormat({
  name: "squid",
  title: "Squid access log",
  line: String.raw`(?<at>\d{10}\.\d{3}) +(?<ms>\d+) (?<ip>[\da-fA-F.:]+) (?<service>[A-Z_]+)/(?<status>\d{3}) (?<bytes>\d+) (?<method>[A-Z_]{3,20}) (?<target>\S+) \S+ [A-Z_]+/\S+`,
  follows: "none",
  more: ({ part }) => ({
    message: `concat_ws(' ', ${part("status")}, ${part("method")}, ${part("target")}, ${part("service")})`,
  }),
});

/** HAProxy's HTTP and TCP logs, with the header of a syslog in front or none. */
export const haproxy: LogFormat = lineFormat({
  name: "haproxy",
  title: "HAProxy log",
  line: String.raw`(?:(?:<\d+>)?(?:\w{3} [ \d]\d \d\d:\d\d:\d\d|\d{4}-\d\d-\d\dT\S+) )?(?:(?<host>\S+) )?(?:haproxy(?:\[\d+\])?: )?(?<ip>[\da-fA-F.:]+):\d+ \[(?<at>\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d\.\d+)\] (?<frontend>\S+) (?<service>[^\s/]+)/\S+ (?:-?\d+/){2,4}\+?(?<ms>-?\d+) (?:(?<status>-1|\d{3}) \+?(?<bytes>\d+) \S+ \S+|\+?(?<size>\d+)) (?<state>\S\S\S?\S?) \S+ \S+`,
  follows: "none",
  level: ({ part }) => {
    const status = `try_cast(${part("status")} as int)`;
    // -1: no answer; without a status the log is of TCP, where `--` is an ordinary end.
    return `case when ${status} = -1 then 'error' when ${status} is not null then ${levelOfStatus(status)} when startswith(${part("state")}, '-') then 'info' else 'warn' end`;
  },
  rule: "The answer's status: 500 and above is error, 400 to 499 warn, all others info; a TCP session that did not end in order is warn.",
  more: ({ part, message }) => {
    const request = (group: number) => `nullif(regexp_extract(${message}, r'"([A-Z]+) ([^\\s"]+)', ${group}), '')`;
    return {
      method: request(1),
      endpoint: endpointOf(request(2)),
      bytes: `try_cast(coalesce(${part("bytes")}, ${part("size")}) as bigint)`,
      seconds: `if(try_cast(${part("ms")} as int) >= 0, try_cast(${part("ms")} as double) / 1000d, null)`,
      message: `concat_ws(' ', ${part("status")}, ${request(1)}, ${request(2)}, ${part("state")})`,
    };
  },
});

/** Envoy's access log as it is written by default, and as Istio writes it. */
export const envoy: LogFormat = lineFormat({
  name: "envoy",
  title: "Envoy or Istio access log",
  line: String.raw`\[(?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z)\] "(?:(?<method>[A-Z-]+) (?<target>\S+) [^"]*|- - -)" (?<status>\d{1,3}) (?<flags>\S+) (?:\S+ \S+ "[^"]*" )?\d+ (?<bytes>\d+) (?:(?<ms>\d+)|-)`,
  follows: "none",
  more: ({ part, message }) => ({
    ip: `nullif(regexp_extract(${message}, r'^ \\S+ "([\\da-fA-F.:]+)', 1), '')`,
    message: `concat_ws(' ', ${part("status")}, ${part("method")}, ${part("target")}, nullif(${part("flags")}, '-'))`,
    // A connection that never became a request.
    level: `case when ${part("status")} = '0' then if(${part("flags")} = '-', 'info', 'warn') else ${levelOfStatus(`try_cast(${part("status")} as int)`)} end`,
  }),
});
