import { named } from "../../../formats/logs/formats/named.ts";
import type { Made } from "./world.ts";

const own = named({
  name: "own",
  pattern: String.raw`(?<time>\d\d\.\d\d\. \d\d:\d\d) \((?<service>\w+)\) (?<level>[A-Z]+) (?<ip>\S+) (?<endpoint>\S+) took (?<seconds>[\d.]+) (?<message>.*)`,
  time: "dd.MM. HH:mm",
});

const AGENT = '"-" "Mozilla/5.0 (Windows NT 10.0) \\"quoted\\""';

/** A file of every format, by its name. */
export const FILES: Record<string, Made> = {
  "original.csv": {
    content:
      'timestamp,log_level,message,IP,service,endpoint\r\n2024-01-15 10:00:00,ERROR,"Payment failed,\r\n  order 12\r\n2 of 3 left",192.168.1.5,billing,/pay?id=1\r\n15/01/2024 10:00:01,warning,Slow,::1,web,/\r\nJunk\r\n01/15/2024 10:00:02,CRITICAL,"a ""b"" c",,,\r\n1705312803,Info,x,,,\r\n2024-01-15T10:00:04.5+02:00,FATAL,y,,,\r\n2024-13-45 10:00:00,INFO,no such day,,,\r\n',
  },
  "no-header.csv": { content: "2024-01-15 10:00:00,ERROR,one\n2024-01-15 10:00:01,INFO,two\n" },
  "bsd.log": {
    content: [
      "Feb 28 23:59:59 web1 sshd[12]: Failed password for root from 10.0.0.1 port 22",
      "Feb 29 00:00:01 web1 kernel: no errors here",
      "Mar  1 00:00:01 web1 CRON[7]: (root) CMD (run-terrors)",
      "Mar  1 00:00:02 web1 last message repeated 2 times",
      "<11>Mar 10 00:00:03 web1 app: connection from 2001:db8::7 port 4, warned",
      "Mar 10 00:00:04 web1 nfs: server not responding",
      "@@ nothing @@",
      "Feb 30 00:00:00 web1 x: no such day",
    ].join("\n"),
    year: 2024,
  },
  "rfc5424.log": {
    content:
      '<165>1 2017-04-27T07:59:12.003+02:00 host app 123 ID47 [a@1 k="v \\] w"][b x="1"] \uFEFFHello from 10.1.2.3\n<8>1 - - - - - -\n<27>1 2017-04-27T07:59:13Z h a - - - x\n<27>1 yesterday h a - - - x\n',
  },
  "iso.log": {
    content:
      "2025-08-31T09:36:55.418891-07:00 h1 sshd[5]: all well\n2025-08-31T09:36:56.418891-07:00 h1 app: an error\n2025-08-31T09:36:57-07:00 h2 kernel: warning, hot\n",
  },
  "spark.log": {
    content:
      "26/11/23 10:00:00 INFO SparkContext: Running Spark version 4.1.3\n26/11/23 10:00:01 ERROR executor.CoarseGrainedExecutorBackend: Executor 7 lost\njava.io.IOException: gone\n\tat a.b.C(D.java:1)\nCaused by: x\n\t... 12 more\n26/11/23 10:00:02 FATAL X: y\n26/11/23 10:00:03 TRACE X:\n",
  },
  "spark.json": {
    content:
      '{"ts":"2023-03-12T12:02:46.661-0700","level":"ERROR","msg":"Cannot determine executor 289","context":{"executor_id":"289"},"exception":{"class":"org.apache.spark.SparkException","msg":"x","stacktrace":[]},"logger":"BlockManager"}\n{"ts":"2023-03-12T12:02:47.661-0700","level":"WARN","msg":"b","logger":"X"}\n{"ts":"2023-03-\n',
  },
  "lines.json": {
    content:
      '{"time":1700000000000,"level":50,"msg":"pino","hostname":"h","name":"api"}\n{"@timestamp":"2023-11-14T22:13:20Z","severity":"notice","message":"<b>bold</b>","remote_addr":"::1","path":"/a?b=1","status":"503","duration_ms":250}\n{"time":"2023-11-14T22:13:21Z","message":"no level"}\n[1,2]\n{"a":1}\n{\n  "time": "2023-11-14T22:13:22Z",\n  "message": "over lines"\n}\n{"time":"2023-11-14T22:13:23Z","message":"traced"}\n\tat a.b(C.java:1)\n',
  },
  "yarn.log": {
    content:
      "2015-10-18 18:01:47,978 INFO [main] org.apache.hadoop.mapreduce.v2.app.MRAppMaster: Created MRAppMaster for appattempt_1445144423722_0020_000001\n2015-10-18 18:01:48,963 WARN [Thread[x,5]] org.apache.hadoop.ipc.Client: Retrying /10.1.2.3:8030\njava.net.ConnectException: refused\n2015-10-18 18:01:49,000 ERROR org.apache.hadoop.hdfs.DataNode: bad\n2015-10-18 18:01:50,000 FATAL org.apache.hadoop.X (X.java:run(12)) - worse\n",
  },
  "zookeeper.log": {
    content:
      "2015-07-29 17:41:44,747 - INFO  [QuorumPeer[myid=1]/0:0:0:0:0:0:0:0:2181:FastLeaderElection@774] - Notification time out: 3200\n2015-07-29 19:04:12,394 - WARN  [SendWorker:188978561024:QuorumCnxManager$SendWorker@688] - Send worker leaving thread\n2015-07-29 19:04:13,000 [myid:3] - ERROR [main:o.a.z.QuorumPeerConfig@101] - Invalid\n",
  },
  "apache_error.log": {
    content:
      "[Sun Dec 04 04:47:44 2005] [notice] workerEnv.init() ok /etc/httpd/conf/workers2.properties\n[Sun Dec 04 04:47:45 2005] [error] [client 1.2.3.4] Directory index forbidden\n[Fri Sep 09 10:42:29.902022 2011] [core:crit] [pid 35708:tid 432] (13)Permission denied: [client 72.15.99.187:5012] File: <script>alert(1)</script>\n[Fri Sep 09 10:42:30.902022 2011] [ssl:warn] [pid 1] [client ::1:5012] x\n[Fri Foo 09] broken\n",
    timeZone: "America/New_York",
  },
  "access.log": {
    content: [
      `233.223.117.90 - - [27/Dec/2037:12:00:00 +0530] "DELETE /usr/admin?a=1 HTTP/1.0" 502 4963 ${AGENT} 45`,
      `2001:db8::1 - bob [29/Feb/2024:12:00:00 +0000] "GET /users/77/x HTTP/1.1" 404 - ${AGENT}`,
      'www.example.com:443 10.0.0.1 - - [10/Oct/2000:13:55:36 -0700] "GET /a\\"b HTTP/1.0" 200 2326',
      '10.0.0.2 - - [10/Oct/2000:13:55:37 -0700] "\\x16\\x03" 400 226 "-" "-" 0.250',
      '10.0.0.2 - - [10/Oct/2000:13:55:38 -0700] "-" 408 0',
      '10.0.0.2 - - [32/Oct/2000:13:55:38 -0700] "GET / HTTP/1.0" 200 1',
      "",
    ].join("\n"),
  },
  "job.log": {
    content:
      "$ node engines/run.ts --claim x.json\n2026-11-24T23:40:44.963Z planned: orders (copy)\n2026-11-24T23:40:45.000Z orders: failed, 0.3 s: no\n    at x (y.ts:1)\n2026-11-24T23:40:46.000Z left behind: lake.a.b\n26/11/24 23:40:47 WARN TaskSetManager: Lost task 0.0\n2026-11-24 23:40:48,123 - root - CRITICAL - full\n(node:12) Warning: x\nfailed: 1 of 2 tables failed\n",
  },
  "own.log": {
    content:
      "31.12. 23:59 (web) E 10.0.0.1 /a took 0.5 it broke\n01.01. 00:01 (web) WARN ::1 /b took 2 slow\n01.01. 00:01 (web) INFO x\n",
    patterns: [own],
    asked: "own",
    year: 2023,
    timeZone: "Europe/Berlin",
  },
  "notes.txt": { content: "Dear diary,\ntoday I saw 3 birds.\n" },
};
