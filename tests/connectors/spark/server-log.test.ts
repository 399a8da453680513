import assert from "node:assert/strict";
import { test } from "node:test";
import {
  applicationEnd,
  queuedApplication,
  startFailure,
  tellingLines,
} from "../../../connectors/spark/server/server-log.ts";

const MAIN = 'Exception in thread "main"';
const INIT = "26/11/30 16:13:40 ERROR SparkContext: Error initializing SparkContext.";

// As Spark 4.1.3 and Hadoop 3.4.2 wrote them; all but the last four were brought about.
const TEXTS: readonly [says: RegExp, log: string][] = [
  [
    /write HADOOP_CONF_DIR=/,
    `${MAIN} org.apache.spark.SparkException: When running with master 'yarn' either HADOOP_CONF_DIR or YARN_CONF_DIR must be set in the environment.`,
  ],
  [
    /SPARK_MASTER is no master/,
    `${MAIN} org.apache.spark.SparkException: Master must either be yarn or start with spark, k8s, or local`,
  ],
  [
    /no queue "nope"/,
    `${MAIN} org.apache.hadoop.yarn.exceptions.YarnException: Failed to submit application_1796055187495_0001 to YARN : Application application_1796055187495_0001 submitted by user root to unknown queue: nope`,
  ],
  [
    /20480 MB and more for an executor, its limit is 6144 MB. Lower spark.executor.memory/,
    `${MAIN} java.lang.IllegalArgumentException: Required executor memory (20480 MB), offHeap memory (0) MB, overhead (2048 MB), and PySpark memory (0 MB) is above the max threshold (6144 MB) of this cluster! Please check the values of 'yarn.scheduler.maximum-allocation-mb' and/or 'yarn.nodemanager.resource.memory-mb'.`,
  ],
  [
    /22528 MB and more for the application master, its limit is 6144 MB. Lower spark.yarn.am.memory/,
    `${INIT}\njava.lang.IllegalArgumentException: Required AM memory (20480+2048 MB) is above the max threshold (6144 MB) of this cluster! Please check the values of`,
  ],
  [
    /jar \/nope\/iceberg\.jar is not there/,
    "java.io.FileNotFoundException: File file:/nope/iceberg.jar does not exist",
  ],
  [/jar \/nope\/iceberg\.jar is not there/, "java.io.FileNotFoundException: Jar /nope/iceberg.jar not found"],
  [/file \/nope\/jars\.zip is not there/, "java.io.FileNotFoundException: File file:/nope/jars.zip does not exist"],
  [
    /no module jdk\.incubator\.vector/,
    "Error occurred during initialization of boot layer\njava.lang.module.FindException: Module jdk.incubator.vector not found",
  ],
  [
    /no Java at \/nope\/bin\/java on the cluster's machines/,
    "Application application_1796055187495_0007 failed 2 times due to AM Container for appattempt_1796055187495_0007_000002 exited with  exitCode: 127\nLast 4096 bytes of stderr :\n/bin/bash: line 1: /nope/bin/java: No such file or directory",
  ],
  [
    /YARN ended the application before it ran \(Application application_1796055187495_0006 failed 2 times/,
    "26/11/30 16:16:00 INFO Client: Retrying connect to server: localhost/127.0.0.1:8132. Already tried 0 time(s); retry policy\n\t diagnostics: Application application_1796055187495_0006 failed 2 times due to AM Container for appattempt_1796055187495_0006_000002 exited with  exitCode: 1",
  ],
  [
    /does not answer at 127\.0\.0\.1:1:/,
    "26/11/30 16:17:16 INFO Client: Retrying connect to server: localhost/127.0.0.1:1. Already tried 7 time(s); retry policy is RetryUpToMaximumCountWithFixedSleep(maxRetries=10, sleepTime=1000 MILLISECONDS)",
  ],
  [
    /A jar is missing: no class com\.example\.Nope/,
    `26/11/30 16:13:17 WARN SparkSession: Cannot use org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions to configure session extensions.\njava.lang.ClassNotFoundException: org.apache.iceberg.spark.extensions.IcebergSparkSessionExtensions\n${MAIN} java.lang.ClassNotFoundException: com.example.Nope`,
  ],
  [
    /can't listen on the address/,
    `${MAIN} java.net.BindException: bind(..) failed with error(-99): Cannot assign requested address: Service 'sparkDriver' failed after 16 retries`,
  ],
  [
    /too little memory/,
    `${INIT}\norg.apache.spark.SparkIllegalArgumentException: [INVALID_DRIVER_MEMORY] System memory 104857600 must be at least 471859200.`,
  ],
  [
    /No master of the standalone cluster answers/,
    "26/11/30 16:14:47 ERROR StandaloneSchedulerBackend: Application has been killed. Reason: All masters are unresponsive! Giving up.",
  ],
  [
    /queue root\.default of YARN is full/,
    "org.apache.hadoop.security.AccessControlException: Queue root.default already has 1 applications, cannot accept submission of application: application_1_2",
  ],
  [
    /A port that Spark wants is taken/,
    `${MAIN} java.net.BindException: bind(..) failed with error(-98): Address already in use: Service 'sparkDriver' failed after 16 retries`,
  ],
  [
    /too old: Spark needs Java 17/,
    `${MAIN} java.lang.UnsupportedClassVersionError: org/apache/spark/deploy/SparkSubmit`,
  ],
  [
    /asks for Kerberos/,
    "Caused by: org.apache.hadoop.security.AccessControlException: GSS initiate failed [Caused by GSSException: No valid credentials provided]",
  ],
];

test("the cause of a failed start is found above the end of the log, and said in one sentence", () => {
  const frames = Array.from({ length: 40 }, (_, i) => `\tat org.apache.spark.Some.method(Some.scala:${i})`).join("\n");
  for (const [says, log] of TEXTS) {
    const sentence = startFailure(`Setting Spark log level to "WARN".\n${log}\n${frames}\n`) ?? "";
    assert.match(sentence, says);
    assert.doesNotMatch(sentence, /\n|\bat org\./);
  }
});

test("a log that only warns has no cause, and its lines are shown without the frames of a stack", () => {
  const log =
    "26/11/30 16:12:05 WARN DependencyUtils: Local jar /nope/iceberg.jar does not exist, skipping.\njava.lang.ClassNotFoundException: a.b.C\n\tat a.b.D.e(D.scala:1)\n\t... 3 more\n26/11/30 16:13:40 ERROR X: odd\n";
  assert.equal(startFailure(log), undefined);
  const errors = "java.lang.ClassNotFoundException: a.b.C\n26/11/30 16:13:40 ERROR X: odd";
  assert.equal(tellingLines(log), `${log.split("\n")[0]}\n${errors}`, "a short log is shown whole");
  const long = Array.from({ length: 20 }, (_, line) => `26/11/30 16:12:05 INFO X: line ${line}\n`).join("");
  assert.equal(tellingLines(long + log), errors);
  assert.equal(tellingLines("one\ntwo\n"), "one\ntwo");
});

test("an application that waits in a queue of YARN is seen with its queue and what it waits for, until it runs", () => {
  const accepted = `26/11/30 16:15:50 INFO Client: Application report for application_1796055187495_0007 (state: ACCEPTED)
26/11/30 16:15:50 INFO Client: 
	 client token: N/A
	 diagnostics: [Mon Nov 30 16:15:50 +0000 2026] Application is Activated, waiting for resources to be assigned for AM. 
	 ApplicationMaster host: N/A
	 queue: root.default
	 start time: 1796055350497
`;
  const queued = { id: "application_1796055187495_0007", queue: "root.default" };
  const { why, ...found } = queuedApplication(accepted)!;
  assert.deepEqual(found, queued);
  assert.match(why ?? "", /^Application is Activated, waiting for resources/);
  const running =
    "26/11/30 16:15:59 INFO Client: Application report for application_1796055187495_0007 (state: RUNNING)\n";
  assert.equal(queuedApplication(accepted + running), undefined);
  assert.equal(queuedApplication("26/11/30 16:15:59 INFO Client: nothing"), undefined);
});

test("who ended an application that ran is read from the server's log", () => {
  const yarn =
    "26/11/30 16:15:59 ERROR YarnClientSchedulerBackend: YARN application has exited unexpectedly with state KILLED! Check the YARN application logs for more details.";
  assert.equal(applicationEnd(yarn), "YARN ended its application (KILLED)");
  const master =
    "26/11/30 16:02:01 ERROR StandaloneSchedulerBackend: Application has been killed. Reason: Master removed our application: KILLED";
  assert.equal(applicationEnd(master), "the master ended its application (Master removed our application: KILLED)");
  assert.equal(applicationEnd("all is well"), undefined);
});
