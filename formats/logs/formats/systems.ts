import { sparkLiteral } from "../../../connectors/iceberg/names.ts";
import type { LogFormat } from "../format.ts";
import { levelOfPriority, levelOfWord, PRIORITY_RULE } from "../levels.ts";
import { DATE, LEVEL, lastName, lineFormat, TIME } from "../line-format.ts";
import { levelOfMessage, MESSAGE_RULE } from "../severity.ts";
import { templateOf } from "../template-groups.ts";
import { timestamp } from "../times/times.ts";
import { yearless } from "../times/years.ts";

/** logcat -v threadtime. */
export const android: LogFormat = yearless({
  name: "android",
  title: "Android logcat",
  line: String.raw`(?<month>\d\d)-(?<day>\d\d) (?<time>\d\d:\d\d:\d\d\.\d{3}) +\d+ +\d+ (?<level>[VDIWEFA]) (?<service>[^:]{0,100}?) *: ?`,
  level: ({ part }) => `if(${part("level")} = 'A', 'critical', ${levelOfWord(part("level"))})`,
  rule: "The letter: V and D are debug, I info, W warn, E error, F and A critical.",
});

/** RAS events of Blue Gene machines. */
export const blueGene: LogFormat = lineFormat({
  name: "bgl",
  title: "Blue Gene/L RAS log",
  line: String.raw`\S+ (?<at>\d{10}) \d{4}\.\d\d\.\d\d (?<host>\S+) \d{4}-\d\d-\d\d-\d\d\.\d\d\.\d\d\.\d+ \S+ \w+ (?<service>\S+) (?<level>INFO|WARNING|ERROR|SEVERE|FAILURE|FATAL) `,
  follows: "none",
  level: ({ part }) => levelOfWord(`if(${part("level")} = 'FAILURE', 'ERROR', ${part("level")})`),
});

/** HDFS as early Hadoop wrote it: `yyMMdd HHmmss thread LEVEL class: message`. */
export const hdfsOld: LogFormat = lineFormat({
  name: "hdfs",
  title: "HDFS log (early Hadoop)",
  line: String.raw`(?<date>\d{6}) (?<time>\d{6}) \d+ ${LEVEL} (?<service>[\w.$]+): `,
  iso: date => `concat('20', left(${date}, 2), '-', substr(${date}, 3, 2), '-', right(${date}, 2))`,
  follows: "all",
  more: ({ part, options }) => ({
    time: timestamp(
      `concat('20', left(${part("date")}, 2), '-', substr(${part("date")}, 3, 2), '-', right(${part("date")}, 2))`,
      `concat(left(${part("time")}, 2), ':', substr(${part("time")}, 3, 2), ':', right(${part("time")}, 2))`,
      undefined,
      options.timeZone,
    ),
    service: lastName(part("service")),
  }),
});

/** Fields with bars between, the time with a colon before its milliseconds, as Android apps write them. */
export const healthApp: LogFormat = lineFormat({
  name: "pipe-app",
  title: "App log with bars (date-time|component|pid|message)",
  line: String.raw`(?<date>\d{8})-(?<time>\d{1,2}:\d{1,2}:\d{1,2}):(?<fraction>\d{1,3})\|(?<service>[^|]+)\|\d+\|`,
  iso: date => `concat(left(${date}, 4), '-', substr(${date}, 5, 2), '-', right(${date}, 2))`,
  follows: "none",
  level: ({ message }) => levelOfMessage(message, "'unknown'"),
});

/** Events of a cluster's nodes: number, node, component, state, epoch, flag, message. */
export const hpc: LogFormat = lineFormat({
  name: "hpc",
  title: "HPC node events",
  line: String.raw`\d+ (?<host>\S+) (?<service>[\w.]+) (?<state>\S+) (?<at>\d{10}) \d+ `,
  follows: "none",
  level: ({ message }) => levelOfMessage(message, "'unknown'"),
});

/** OpenStack's services (oslo.log), with the file's name in front or none. */
export const openstack: LogFormat = lineFormat({
  name: "openstack",
  title: "OpenStack log",
  line: String.raw`(?:\S+\.log\S* )?${DATE} ${TIME} \d+ ${LEVEL} (?<service>[\w.-]+) (?:\[[^\]]*\] )?`,
  follows: "all",
  more: ({ message }) => ({
    status: `try_cast(nullif(regexp_extract(left(${message}, 400), r' status: (\\d{3}) ', 1), '') as int)`,
    seconds: `try_cast(nullif(regexp_extract(left(${message}, 400), r' time: ([\\d.]+)$', 1), '') as double)`,
    ip: `nullif(regexp_extract(left(${message}, 100), r'^([\\d.]+)(?:,| )', 1), '')`,
  }),
});

/** The audit log of Linux: what was done, by whom, and whether it was allowed. */
export const auditd: LogFormat = lineFormat({
  name: "auditd",
  title: "Linux audit log",
  line: String.raw`(?:node=(?<host>\S+) )?type=(?<service>[A-Z0-9_]+) msg=audit\((?<at>\d{10}\.\d{3}):\d+\): ?`,
  follows: "none",
  level: ({ message }) => `if(left(${message}, 2000) rlike r'\\b(?:res=(?:failed|0)|success=no)\\b', 'warn', 'info')`,
  rule: "The log has no levels: what failed or was refused (res=failed, success=no) is warn, all others info.",
});

/** Proxifier's connections. */
export const proxifier: LogFormat = yearless({
  name: "proxifier",
  title: "Proxifier log",
  line: String.raw`\[(?<month>\d\d)\.(?<day>\d\d) (?<time>\d\d:\d\d:\d\d)\] (?<service>[^ ]+(?: \*64)?) - `,
  follows: "none",
  // The size in kilobytes and a lifetime below a second are written only where they apply.
  more: ({ message }) => ({
    template: templateOf(
      `regexp_replace(regexp_replace(${message}, r' \\([\\d.]+ [KMGT]B\\)', ''), r'lifetime <\\d+ sec', 'lifetime 0')`,
    ),
  }),
});

/** Windows' logs of its servicing: `time, Level   component   message`. */
export const windowsCbs: LogFormat = lineFormat({
  name: "windows-cbs",
  title: "Windows servicing log (CBS, DISM)",
  line: `${DATE} ${TIME}, (?<level>Info|Warning|Error|Perf|Critical) +(?:(?<service>[A-Z]{2,8}) +)?`,
});

/** The kernel's own buffer: seconds since the machine started, which are no time of day. */
export const dmesg: LogFormat = lineFormat({
  name: "dmesg",
  title: "Kernel messages (dmesg)",
  line: String.raw`(?:<(?<priority>\d+)>|\w+ *: ?(?:(?<level>\w+) *: )?)?\[ *\d+\.\d{6}\] (?:(?<host>[\w.-]+) (?=kernel: ))?(?:(?<service>[a-zA-Z][\w.-]{0,30})(?:\[\d+\])?: )?`,
  level: ({ part, message }) =>
    `coalesce(${levelOfPriority(part("priority"))}, ${levelOfWord(part("level"))}, ${levelOfMessage(message)})`,
  rule: `${PRIORITY_RULE} With dmesg -x it is the word. Where there is neither: ${MESSAGE_RULE}`,
});

const NAGIOS_STATES = String.raw`^[^;]*;(?:[^;]*;)??(CRITICAL|DOWN|UNREACHABLE|WARNING|UNKNOWN|OK|UP|RECOVERY)(?:;| |$)`;

/** What Nagios and Icinga write: the state of a host or a service stands among fields. */
export const nagios: LogFormat = lineFormat({
  name: "nagios",
  title: "Nagios or Icinga log",
  line: String.raw`\[(?<at>\d{10})\] (?:(?<service>(?:CURRENT |INITIAL )?(?:SERVICE|HOST) (?:ALERT|STATE|NOTIFICATION|FLAPPING ALERT|DOWNTIME ALERT)|PASSIVE (?:SERVICE|HOST) CHECK|EXTERNAL COMMAND|LOG ROTATION): |(?<level>Warning|Error|Auto-save)(?=[: ]))?:? ?`,
  follows: "none",
  fits: line => /^\[\d{10}\] (?:[A-Z]+ )+[A-Z]+: .*;|^\[\d{10}\] (?:Warning|Error|Auto-save|Nagios|LOG )/.test(line),
  level: ({ part, message }) => {
    const state = `regexp_extract(left(${message}, 500), ${sparkLiteral(NAGIOS_STATES)}, 1)`;
    return `coalesce(${levelOfWord(part("level"))}, case when ${part("service")} is null then ${levelOfMessage(message, "'unknown'")} when ${state} in ('CRITICAL', 'DOWN', 'UNREACHABLE') then 'error'
      when ${state} in ('WARNING', 'UNKNOWN') then 'warn' when ${state} <> '' then 'info' end)`;
  },
  rule: "The state: CRITICAL, DOWN and UNREACHABLE are error, WARNING and UNKNOWN warn, OK, UP and RECOVERY info; else the word.",
});
