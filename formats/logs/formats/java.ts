import type { LogFormat } from "../format.ts";
import { levelOfWord, WORD_RULE } from "../levels.ts";
import { DATE, LEVEL, lineFormat, OFFSET, TIME } from "../line-format.ts";
import { type Pattern, pattern } from "../pattern.ts";
import { anyTime } from "../times/any-time.ts";
import { timestamp } from "../times/times.ts";
import { isYearLast } from "../times/years.ts";

/** Airflow's task and scheduler logs. */
export const airflow: LogFormat = lineFormat({
  name: "airflow",
  title: "Airflow log",
  line: String.raw`\[${DATE}[T ]${TIME}${OFFSET}\] \{(?<service>[^}:]+)[^}]*\} ${LEVEL} - `,
  follows: "all",
});

/** Elasticsearch and OpenSearch: time, level and class in brackets. */
export const elasticsearch: LogFormat = lineFormat({
  name: "elasticsearch",
  title: "Elasticsearch or OpenSearch log",
  line: String.raw`\[${DATE}T${TIME}\]\[${LEVEL} *\]\[(?<service>[^\]]+)\] (?:\[(?<host>[^\]]+)\] ?)?`,
  follows: "all",
  more: ({ part }) => ({ service: `trim(${part("service")})` }),
});

/** Kafka's server log: the class stands behind the message. */
export const kafka: LogFormat = lineFormat({
  name: "kafka",
  title: "Kafka log",
  line: String.raw`\[${DATE} ${TIME}\] ${LEVEL} `,
  begins: String.raw`\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}\] (?:TRACE|DEBUG|INFO|WARN|ERROR|FATAL) .{0,4000}\([\w.$]+\)$`,
  follows: "all",
  more: ({ message }) => ({
    service: `nullif(regexp_extract(right(${message}, 200), r'\\([\\w.$]*?(\\w[\\w$]*)\\)$', 1), '')`,
    message: `regexp_replace(${message}, r' \\([\\w.$]+\\)$', '')`,
  }),
});

/** Spring Boot's console, with any padding and any thread. */
export const springBoot: LogFormat = lineFormat({
  name: "spring-boot",
  title: "Spring Boot log",
  line: String.raw`${DATE}[ T]${TIME}${OFFSET} +${LEVEL} +(?:\[[^\]]{0,200}\] )?(?:\d+|\S{0,80}) --- (?:\[[^\]]{0,200}\] )?\[.{0,200}?\] (?:\[[^\]]{0,200}\] )?(?<service>\S+) +: ?`,
  follows: "all",
  shortService: true,
});

/** Layouts of log4j2 and logback with the thread before the level; with a time of day alone, too. */
export const threadFirst: LogFormat = lineFormat({
  name: "log4j-thread",
  title: "log4j2 or logback, the thread first",
  line: String.raw`(?:${DATE}[ T])?${TIME}${OFFSET} +\[(?<thread>.{0,200}?)\] +${LEVEL} +(?:\[[^\]]{0,200}\] )?(?<service>[\w.$/-]+)(?:\([^)]{0,100}\)|:\d+)? *(?:-|:)(?: |$)`,
  follows: "all",
  shortService: true,
});

/** java.util.logging over two lines: the time and the class, then the level and the message. */
export const utilLogging: LogFormat = {
  ...lineFormat({
    name: "java-util-logging",
    title: "java.util.logging, two lines a record",
    line: String.raw`(?<at>[A-Z][a-z]{2} \d{1,2}, \d{4} \d{1,2}:\d\d:\d\d [AP]M) (?<service>[\w.$]+)(?: [\w<>$]+)?\n?`,
    goesOn: "(?:SEVERE|WARNING|INFO|CONFIG|FINE|FINER|FINEST): ",
    follows: "all",
    shortService: true,
    level: ({ message }) => levelOfWord(`regexp_extract(${message}, r'^\\s*([A-Z]+): ', 1)`),
    more: ({ message }) => ({ message: `split_part(regexp_replace(${message}, r'^\\s*[A-Z]+: ', ''), '\\n', 1)` }),
    rule: "The word at the beginning of the second line.",
  }),
  text: (raw, trace) => `concat_ws('\\n', ${raw}, ${trace})`,
  oneByOne: false,
};

const SPARK = pattern(
  String.raw`(?:\r?\[Stage \d+:[^\]]{0,200}\]\s*)?(?<date>[1-9]\d/\d\d/\d\d) (?<time>\d\d:\d\d:\d\d) (?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +(?<logger>[^\s:]+): ?`,
);

/** Spark's own layout, `yy/MM/dd HH:mm:ss LEVEL Logger: message`; older versions print longer loggers. */
export const spark: LogFormat = log4j("spark", "Spark log", SPARK, date => `concat('20', replace(${date}, '/', '-'))`);

/** The same for a file by its lines: where the year of its dates stands last it is another program's. */
export function sparkByLines(lines: readonly string[]): LogFormat {
  return isYearLast(lines) ? { ...spark, fits: () => false } : spark;
}

const HADOOP = pattern(
  String.raw`(?<date>\d{4}-\d\d-\d\d)[ T](?<time>\d\d:\d\d:\d\d[,.]\d{3}) +\[?(?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) *\]? *(?:\[(?<thread>.{0,300}?)\]:? )?(?<logger>[\w.$/-]+(?: ?\(\S{0,200}\))?)(?::\d+(?= -))?(?: -|:) ?`,
);

/** Hadoop, HDFS, YARN, Hive, HBase: `yyyy-MM-dd HH:mm:ss,SSS LEVEL [thread] class: message`. */
export const hadoop: LogFormat = log4j("hadoop", "Hadoop or YARN log", HADOOP);

const ZOOKEEPER = pattern(
  String.raw`(?<date>\d{4}-\d\d-\d\d) (?<time>\d\d:\d\d:\d\d[,.]\d{3}) (?:\[myid:[^\]]*\] )?- (?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +\[(?<thread>.{0,300}?):(?<logger>[\w.$]+)@(?<at>\d*)\] - ?`,
);

/** ZooKeeper: `yyyy-MM-dd HH:mm:ss,SSS - LEVEL  [thread:class@line] - message`. */
export const zookeeper: LogFormat = log4j("zookeeper", "ZooKeeper log", ZOOKEEPER);

/** Garbage collection: the unified log of the JVM with a time, or seconds since its start, and what it wrote before Java 9. */
export const collection: LogFormat = lineFormat({
  name: "jvm-gc",
  title: "Garbage collection of Java",
  line: String.raw`(?:(?:\[(?<at>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d{4})\])?(?:\[\d+(?:[.,]\d+)?(?:s|ms|ns)\])*\[(?<level>trace|debug|info|warning|error) *\]\[(?<service>[a-z0-9,+]+) *\] ?|(?:(?<old>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+[+-]\d{4}): )?(?:\d+[.,]\d+: )?(?=\[(?:Full )?GC[ (\[]|\[(?:CMS|ParNew|G1)|Total time for which application|Application time: ))`,
  follows: "all",
  level: ({ part }) => levelOfWord(part("level")),
  more: ({ part, options }) => ({
    time: anyTime(`coalesce(${part("at")}, ${part("old")})`, options.timeZone),
  }),
  rule: "The word in brackets; before Java 9 there is none, and the level is unknown.",
});

function log4j(name: string, title: string, line: Pattern, iso = (date: string) => date): LogFormat {
  return {
    name,
    title,
    rule: WORD_RULE,
    begins: line.source,
    // Plans, queries and stack traces are told over many lines.
    follows: "all",
    parts: line.parts,
    understood: (parts, time) => `${line.matched(parts)} and ${time} is not null`,
    columns(parts, { timeZone }) {
      const part = (group: string) => line.always(parts, group);
      return {
        time: timestamp(iso(part("date")), `replace(${part("time")}, ',', '.')`, undefined, timeZone),
        level: levelOfWord(part("level")),
        message: line.rest(parts),
        // The last name of `org.apache.hadoop.ipc.Server (Server.java:run(12))`.
        service: `substring_index(substring_index(${part("logger")}, ' ', 1), '.', -1)`,
      };
    },
  };
}
