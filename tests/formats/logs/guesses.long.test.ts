import { DAY, json, type Member, may, testMembers } from "./members.ts";

// What was guessed once, without a word: a level by the words of a message, a time by the order of its numbers.
const KINDS: Readonly<Record<string, Record<string, Member>>> = {
  "levels inside messages, brackets and numbers are found, and none is guessed": {
    "klog-in-syslog.log": {
      lines: [
        may(0, "kubelet[1]: E0506 10:00:00.123456       1 main.go:10] gone"),
        may(1, 'app[1]: {"level":"debug","msg":"an error was expected"}'),
        may(2, "app[1]: ts=1 level=warn msg=y"),
        may(3, "app[1]: 2024-05-06 10:00:03,123 DEBUG z"),
        may(4, 'nginx: 10.0.0.1 - - [06/May/2024:10:00:00 +0000] "GET /a HTTP/1.1" 502 12 "-" "-"'),
        may(
          5,
          "haproxy[1]: 10.0.0.1:1 [06/May/2024:10:00:00.1] fe be/<NOSRV> 0/-1/-1/-1/3 503 1 - - SC-- 1/1/0/0/0 0/0",
        ),
      ],
      year: 2024,
      format: /^syslog-3164$/,
      levels: "error debug warn debug error error",
    },
    "dmesg.log": {
      lines: ["<6>[    0.000000] ok", "<3>[    1.234567] ata1: gone", "kern  :crit  : [    2.234567] hot"],
      levels: "info error critical",
    },
    "nagios.log": {
      lines: [
        "[1714989600] SERVICE ALERT: h;s;CRITICAL;HARD;3;m",
        "[1714989601] HOST ALERT: h;UP;HARD;1;ok",
        "[1714989602] CURRENT SERVICE STATE: h;s;WARNING;HARD;1;m",
        "[1714989603] Error: y",
      ],
      format: /^nagios$/,
      levels: "error info warn error",
    },
    "envoy-app.log": {
      lines: ["warning", "critical", "info"].map(
        (word, i) => `[${DAY} 10:00:0${i}.123][1][${word}][main] [a.cc:1] no error`,
      ),
      levels: "warn critical info",
    },
    "padded.log": {
      lines: [
        `${DAY} 10:00:00,123 fail2ban.filter         [1]: INFO    [sshd] Found 1.2.3.4`,
        `${DAY} 10:00:01 host app[12]: WARNING: failed`,
        `${DAY}T10:00:02.1234567Z ##[debug]an error`,
        `${DAY}T10:00:03Z\tapp.tag\t{"level":"info","message":"error"}`,
      ],
      levels: "info warn debug info",
    },
    "apache-trace.log": {
      lines: ["core:trace4", "core:info", "core:emerg"].map(
        (word, i) => `[Mon May 06 10:00:0${i} 2024] [${word}] [pid 1] error`,
      ),
      levels: "debug info critical",
    },
    "esxi.log": {
      lines: ["In(14)", "Wa(180)", "Er(11)"].map((word, i) => `${DAY}T10:00:0${i}.123Z ${word} vmkernel[1]: x`),
      levels: "info warn error",
    },
    "gc.log": {
      lines: [
        `[${DAY}T10:00:00.123+0000][info][gc] GC(0) Pause Young (Allocation Failure)`,
        "[1.123s][warning][gc,heap ] x",
        `${DAY}T10:00:01.123+0000: 0.123: [GC (Allocation Failure) [PSYoungGen: 1K->0K(7K)] 1K->0K(9K), 0.1 secs]`,
      ],
      format: /^jvm-gc$/,
      levels: "info warn unknown",
    },
  },
  "records are indented, or stand below their time": {
    "consul.log": {
      lines: [
        "==> Starting Consul agent...",
        "           Version: '1.17.0'",
        `    ${DAY}T10:00:00.000Z [INFO]  agent: error-free`,
        `    ${DAY}T10:00:01.000Z [ERROR] agent.http: x`,
        `    ${DAY}T10:00:02.000Z [TRACE] agent: y`,
      ],
      levels: "- info error debug",
    },
    "oracle.log": {
      lines: [
        ...["Mon May 06 10:00:00 2024", "Starting ORACLE instance (normal)", "LICENSE_MAX_SESSION = 0"],
        ...["Mon May 06 10:00:05 2024", "Errors in file /u01/orcl_ora_1.trc:", "ORA-00600: internal error code"],
        ...["Mon May 06 10:02:00 2024", "WARNING: inbound connection timed out (ORA-3136)"],
      ],
      format: /^oracle-alert$/,
      levels: "unknown error warn",
      times: [0, 5, 120].map(s => new Date(Date.UTC(2024, 4, 6, 10, 0, s)).toISOString().replace(".000", "")),
    },
    "oracle-12.log": {
      lines: [
        ...[`${DAY}T10:00:00.123456+02:00`, "PDB1(3):Thread 1 advanced to log sequence 12 (LGWR switch)"],
        ...["  Current log# 1 seq# 12 mem# 0: /u01/redo01.log", `${DAY}T10:00:01.123456+02:00`],
        ...["PDB1(3):ORA-01555 caused by SQL statement below", "select 1 from dual"],
        ...[`${DAY}T10:00:02.123456+02:00`, "PDB1(3):ORA-1653: unable to extend table X"],
      ],
      format: /^oracle-alert$/,
      levels: "unknown unknown error",
      times: [0, 1, 2].map(s => `${DAY}T08:00:0${s}.123456Z`),
    },
  },
  "times of digits, with places, zones and two digits are right or not understood": {
    "digits.log": {
      lines: [
        "20240506T100000Z ERROR x",
        "20240506T100001.5+0200 INFO y",
        "20240506100002123 WARN z",
        "20240506_100003 INFO z",
      ],
      levels: "error info warn info",
      times: [`${DAY}T10:00:00Z`, `${DAY}T08:00:01.5Z`, `${DAY}T10:00:02.123Z`, `${DAY}T10:00:03Z`],
    },
    "date.log": {
      lines: ["CEST", "UTC", "IST"].map(zone => `Mon May  6 10:00:00 ${zone} 2024 ERROR x`),
      levels: "error error -",
      times: [`${DAY}T08:00:00Z`, `${DAY}T10:00:00Z`, null],
    },
    "gmt.log": {
      lines: [
        `${DAY} 10:00:00 UTC+2 WARN z`,
        `${DAY} 10:00:01 GMT-03:00 INFO y`,
        "May 06 2024 10:00:02 EST: INFO (x): y",
      ],
      levels: "warn info info",
      times: [`${DAY}T08:00:00Z`, `${DAY}T13:00:01Z`, `${DAY}T15:00:02Z`],
    },
    "php.log": {
      lines: [
        "[06-May-2024 10:00:00 Europe/Berlin] PHP Notice:  x",
        "[06-May-2024 10:00:01 UTC] PHP Warning:  y",
        "[06-May-2024 10:00:02 Europe/Nowhere] PHP Warning:  z",
      ],
      levels: "info warn -",
      times: [`${DAY}T08:00:00Z`, `${DAY}T10:00:01Z`, null],
    },
    "places.json": {
      lines: [
        json(0, { time: `${DAY}T10:00:00[Europe/Berlin]` }),
        json(1, { time: `${DAY}T10:00:01+02:00[Europe/Berlin]` }),
      ],
      levels: "- unknown",
      times: [null, `${DAY}T08:00:01Z`],
    },
    // The year is the last of them here, where Spark has it first; nothing says which of the others is the month.
    "two-digits.log": {
      lines: ["05/06/24 10:00:00 ERROR Main: x", "05/13/24 10:00:00 INFO Main: y"],
      levels: "- -",
    },
    "autumn.log": {
      lines: ["10/06/24 10:00:00 ERROR Main: x", "11/06/24 10:00:00 INFO Main: y", "12/06/24 10:00:00 INFO Main: y"],
      levels: "- - -",
    },
    "rich.log": {
      lines: ["[05/06/24 10:00:00] INFO     started", "[05/06/24 10:00:01] ERROR    failed"],
      levels: "- -",
    },
    "level-then-time.log": {
      lines: [`INFO  [${DAY} 10:00:00,123] org.x.App: started`, `ERROR [${DAY} 10:00:01,123] org.x.App: failed`],
      levels: "info error",
      times: [`${DAY}T10:00:00.123Z`, `${DAY}T10:00:01.123Z`],
    },
  },
};

testMembers(KINDS);
