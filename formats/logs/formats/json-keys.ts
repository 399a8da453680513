/**
 * Under which names loggers write what a line says. `a/b` is the member b of an object a; a name with a point is one name
 * or such a member, as ECS has both.
 */
export const JSON_KEYS = {
  time: [
    ...[
      "time",
      "timestamp",
      "@timestamp",
      "ts",
      "@t",
      "Timestamp",
      "date",
      "datetime",
      "eventTime",
      "asctime",
      "t/$date",
      "timestamp/seconds",
      "timestampSeconds",
    ],
    ...[
      "StartUTC",
      "start_time",
      "time_iso8601",
      "__REALTIME_TIMESTAMP",
      "timeMillis",
      "instant/epochSecond",
      "datetime/date",
    ],
    ...["requestReceivedTimestamp", "record/time/timestamp", "Time", "TimeCreated", "created_at", "receiveTimestamp"],
    ...["time_local", "timeUnixNano", "observedTimeUnixNano", "event_time", "_time"],
  ],
  level: [
    ...["level", "severity", "log_level", "loglevel", "log.level", "lvl", "levelname", "level_name", "severityText"],
    ...["severity_text", "@l", "Level", "LogLevel", "logLevel", "error_severity", "label", "s", "record/level/name"],
    ...["Severity", "LevelDisplayName", "log/severity", "fields/level", "level/name", "data/level", "meta/level"],
    ...["attributes/level", "attributes/severity", "labels/level", "labels/severity", "context/level"],
  ],
  message: [
    ...[
      "message",
      "msg",
      "short_message",
      "@m",
      "@mt",
      "Message",
      "MESSAGE",
      "RenderedMessage",
      "MessageTemplate",
      "body",
    ],
    ...[
      "fields/message",
      "log",
      "event",
      "textPayload",
      "jsonPayload/message",
      "record/message",
      "message/message",
      "text",
    ],
    ...["error/message", "body/stringValue", "properties/message", "resultDescription", "operationName", "eventName"],
  ],
  ip: [
    ...[
      "ip",
      "client_ip",
      "clientip",
      "remote_addr",
      "remote_ip",
      "client",
      "client.ip",
      "source.ip",
      "request/remote_ip",
    ],
    ...["request/client_ip", "request/remote_addr", "ClientHost", "downstream_remote_address", "httpRequest/remoteIp"],
    ...["c-ip", "clientIp", "remoteAddr", "req/remoteAddress", "remote_host", "sourceIPs/0", "request/remoteAddress"],
  ],
  service: [
    ...["service", "service.name", "app", "application", "component", "logger", "name", "logger_name", "loggerName"],
    ...["SYSLOG_IDENTIFIER", "_SYSTEMD_UNIT", "Category", "SourceContext", "channel", "target", "c", "ServiceName"],
    ...[
      "log.logger",
      "record/name",
      "Properties/SourceContext",
      "module",
      "facility",
      "resource/service.name",
      "source",
    ],
  ],
  endpoint: [
    ...["endpoint", "path", "url", "uri", "request_uri", "url.path", "request/uri", "RequestPath", "req/url"],
    ...["httpRequest/requestUrl", "requestURI", "request_path", "http_path"],
  ],
  request: ["request", "request_line", "requestLine", "first_line"],
  host: ["host", "hostname", "host.name", "_HOSTNAME", "MachineName", "request/host", "authority", "RequestHost"],
  method: [
    ...[
      "method",
      "request_method",
      "http_method",
      "request/method",
      "RequestMethod",
      "req/method",
      "http.request.method",
    ],
    ...["httpRequest/requestMethod", "verb"],
  ],
  status: [
    ...["status", "status_code", "statusCode", "DownstreamStatus", "response_code", "http.response.status_code"],
    ...["httpRequest/status", "res/statusCode", "responseStatus/code", "http_status", "sc-status"],
  ],
  bytes: [
    "bytes",
    "body_bytes_sent",
    "size",
    "bytes_sent",
    "DownstreamContentSize",
    "responseSize",
    "http.response.body.bytes",
  ],
  seconds: [
    ...["seconds", "request_time", "duration_s", "duration_seconds", "upstream_response_time", "elapsed_seconds"],
    ...["latency_seconds", "response_time_seconds"],
  ],
  milliseconds: [
    ...[
      "duration_ms",
      "response_time_ms",
      "responseTime",
      "elapsed_ms",
      "latency_ms",
      "durationMs",
      "ElapsedMilliseconds",
    ],
    ...["elapsedMs", "time_ms", "took_ms", "Elapsed"],
  ],
  microseconds: ["duration_us", "elapsed_us", "latency_us", "durationMicros"],
  nanoseconds: ["Duration", "event.duration", "duration_ns"],
  /** With its unit behind, else by what kind of line it is. */
  duration: ["duration", "latency", "elapsed", "took", "httpRequest/latency"],
} as const;

/** Numbers that are levels under these names, and how they count. */
export const SCALED = [
  ["PRIORITY", "syslog"],
  ["severityNumber", "otel"],
  ["severity_number", "otel"],
  ["levelno", "python"],
  ["level_value", "logback"],
] as const;

/** What tells whose numbers stand under `level`, or in which unit a duration is. */
export const MARKS = [
  "short_message",
  "response_flags",
  "response_code",
  "controller",
  "DownstreamStatus",
  "@t",
] as const;
