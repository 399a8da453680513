import type { LogFormat } from "../format.ts";
import { levelOfWord, WORD_RULE } from "../levels.ts";
import { type Pattern, pattern } from "../pattern.ts";
import { timestamp } from "../times.ts";

const SPARK = pattern(
  String.raw`(?<date>\d\d/\d\d/\d\d) (?<time>\d\d:\d\d:\d\d) (?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +(?<logger>[^\s:]+): ?`,
);

/** Spark's own layout, `yy/MM/dd HH:mm:ss LEVEL Logger: message`; older versions print longer loggers. */
export const spark: LogFormat = log4j("spark", "Spark log", SPARK, date => `concat('20', replace(${date}, '/', '-'))`);

const HADOOP = pattern(
  String.raw`(?<date>\d{4}-\d\d-\d\d) (?<time>\d\d:\d\d:\d\d[,.]\d{3}) (?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +(?:\[(?<thread>.{0,300}?)\] )?(?<logger>[\w.$/-]+(?: ?\(\S{0,200}\))?)(?: -|:) ?`,
);

/** Hadoop, HDFS, YARN, Hive, HBase: `yyyy-MM-dd HH:mm:ss,SSS LEVEL [thread] class: message`. */
export const hadoop: LogFormat = log4j("hadoop", "Hadoop or YARN log", HADOOP);

const ZOOKEEPER = pattern(
  String.raw`(?<date>\d{4}-\d\d-\d\d) (?<time>\d\d:\d\d:\d\d[,.]\d{3}) (?:\[myid:[^\]]*\] )?- (?<level>TRACE|DEBUG|INFO|WARN|ERROR|FATAL) +\[(?<thread>.{0,300}?):(?<logger>[\w.$]+)@(?<at>\d*)\] - ?`,
);

/** ZooKeeper: `yyyy-MM-dd HH:mm:ss,SSS - LEVEL  [thread:class@line] - message`. */
export const zookeeper: LogFormat = log4j("zookeeper", "ZooKeeper log", ZOOKEEPER);

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
