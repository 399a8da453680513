/** A line that goes on with the record above whatever the format: of a stack trace, or indented. The same for Java and JavaScript. */
export const TRACE = String.raw`(?:\s|$|\.\.\. \d+ |[)\]}]+,?$|Caused by: |Suppressed: |Traceback \(|[\w$.]{1,300}(?:Exception|Error|Throwable)(?::|$))`;
