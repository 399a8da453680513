import type { LogFormat } from "../format.ts";
import { levelOfStatus, levelOfWord } from "../levels.ts";
import { DATE, endpointOf, LEVEL, lineFormat, OFFSET, REQUEST, requestTemplate, TIME } from "../line-format.ts";
import { templateOf } from "../template-groups.ts";

/** Python's logging as people set it up: time, name and level with dashes between, or `LEVEL time`. */
export const pythonLogging: LogFormat = lineFormat({
  name: "python",
  title: "Python logging",
  line: String.raw`${DATE}[ T]${TIME}${OFFSET} - (?:(?<service>[\w.<>-]{1,120}) - )?(?:\S{1,60} - )?${LEVEL} - `,
  follows: "all",
});

/** Celery's workers. */
export const celery: LogFormat = lineFormat({
  name: "celery",
  title: "Celery log",
  line: String.raw`\[${DATE} ${TIME}: ${LEVEL}/(?<service>[\w.-]+)\] `,
  follows: "all",
  more: ({ message }) => ({
    seconds: `try_cast(nullif(regexp_extract(left(${message}, 300), r'succeeded in ([\\d.]+)s', 1), '') as double)`,
  }),
});

const LEVEL_OR_SUCCESS = LEVEL.replace("(?<level>", "(?<level>SUCCESS|");

/** loguru as it is without being set up. */
export const loguru: LogFormat = lineFormat({
  name: "loguru",
  title: "loguru",
  line: String.raw`${DATE} ${TIME}${OFFSET} \| ${LEVEL_OR_SUCCESS} *\| (?<service>[\w.<>/-]+):[^\s|]* - `,
  follows: "all",
});

/** structlog's console: the level padded inside its brackets. */
export const structlog: LogFormat = lineFormat({
  name: "structlog",
  title: "structlog",
  line: String.raw`(?<at>\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?) \[(?<level>[a-z]{3,10}) *\] `,
  fits: line =>
    /^\S+(?: \d\d:\d\d\S*)? \[(?:notset|trace|debug|info|notice|warn|warning|error|exception|critical|fatal) *\] /.test(
      line,
    ),
  follows: "all",
  more: ({ message }) => ({
    service: `nullif(regexp_extract(left(${message}, 300), r' \\[([\\w.]+)\\](?: |$)', 1), '')`,
  }),
});

/** What Django's server for development prints. */
export const django: LogFormat = lineFormat({
  name: "django",
  title: "Django server log",
  line: String.raw`\[(?<at>\d\d/\w{3}/\d{4} \d\d:\d\d:\d\d(?:,\d+)?)\] (?:"(?:${REQUEST}|[^"]*)" (?<status>\d{3}) (?:(?<bytes>\d+)|-)$|${LEVEL} (?:\[(?<service>[\w.]+)[^\]]*\] ?)?)`,
  follows: "all",
  rule: "The word, where there is one; else the answer's status: 500 and above is error, 400 to 499 warn, all others info.",
  level: ({ part }) =>
    `coalesce(${levelOfWord(part("level"))}, ${levelOfStatus(`try_cast(${part("status")} as int)`)})`,
  more: ({ part, message }) => ({
    message: `if(${part("status")} is null, ${message}, concat_ws(' ', ${part("status")}, ${part("method")}, ${part("target")}))`,
    template: `if(${part("status")} is null, ${templateOf(message)}, ${requestTemplate(part("status"), part("method"), endpointOf(part("target")), "null")})`,
  }),
});

/** gunicorn's error log. */
export const gunicorn: LogFormat = lineFormat({
  name: "gunicorn",
  title: "gunicorn log",
  line: String.raw`\[${DATE} ${TIME}${OFFSET}\] \[\d+\] \[${LEVEL}\] `,
  follows: "all",
});

/** uvicorn's console: the level in front, requests with their answer, no times. */
export const uvicorn: LogFormat = lineFormat({
  name: "uvicorn",
  title: "uvicorn log",
  line: String.raw`(?<level>TRACE|DEBUG|INFO|WARNING|ERROR|CRITICAL): {2,}(?:(?<ip>[\da-fA-F.]+|\[[\da-fA-F:]+\]|[\da-fA-F:]+):\d+ - "${REQUEST}" (?<status>\d{3})(?: [\w '-]{1,40})?$)?`,
  follows: "all",
  rule: "The answer's status where there is one: 500 and above is error, 400 to 499 warn; else the word in front.",
  level: ({ part }) =>
    `coalesce(${levelOfStatus(`try_cast(${part("status")} as int)`)}, ${levelOfWord(part("level"))})`,
  more: ({ part, message }) => ({
    message: `if(${part("status")} is null, ${message}, concat_ws(' ', ${part("status")}, ${part("method")}, ${part("target")}))`,
    template: `if(${part("status")} is null, ${templateOf(message)}, ${requestTemplate(part("status"), part("method"), endpointOf(part("target")), "null")})`,
  }),
});
