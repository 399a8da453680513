import { createHmac } from "node:crypto";
import type { NotificationEvent } from "../../core/notifications/events.ts";
import type { Delivery } from "../../core/notifications/outbox.ts";
import type { Receiver } from "../../core/notifications/rules.ts";
import type { Settings } from "../../core/settings.ts";
import { appendText } from "../../core/system/ndjson.ts";
import { tlsFailureText } from "../../core/tls/failure.ts";
import { messageText, webhookBody } from "./message.ts";

/** A message that could not be sent, in words without any secret. `isFinal`: the same message will hardly be taken later. */
export class SendError extends Error {
  override name = "SendError";
  readonly isFinal: boolean;

  constructor(message: string, isFinal = false) {
    super(message);
    this.isFinal = isFinal;
  }
}

/** Gives the secret that a line of `.env` has. */
export type SecretOf = (name: string) => string | undefined;

const PATIENCE = 10_000;

/** Sends a message to a receiver of notifications.json. Throws a SendError. */
export async function sendNotification(
  delivery: Delivery,
  receiver: Receiver,
  settings: Settings,
  secretOf: SecretOf,
): Promise<void> {
  const event = JSON.parse(delivery.body) as NotificationEvent;
  const portal = settings.PORTAL_ORIGIN;
  if (receiver.kind === "email") return await sendEmail(delivery, receiver.to, messageText(event, portal), settings);
  const url = secretOf(receiver.url);
  if (!url) throw new SendError(`There is no line ${receiver.url}=https://… in .env.`);
  if (!/^https?:/.test(url) || !URL.canParse(url))
    throw new SendError(`${receiver.url} in .env is no address of the web.`);
  const key = receiver.key && secretOf(receiver.key);
  if (receiver.key && !key) throw new SendError(`There is no line ${receiver.key}=… in .env.`);
  await post(url, JSON.stringify(webhookBody(event, receiver.body, portal)), { id: delivery.id, ...(key && { key }) });
}

/** Sends an event of OpenLineage to where the settings say. Throws a SendError. */
export async function sendLineage({ id, body }: Delivery, settings: Settings): Promise<void> {
  const { OPENLINEAGE_URL, OPENLINEAGE_FILE, OPENLINEAGE_API_KEY } = settings;
  if (OPENLINEAGE_FILE) {
    try {
      appendText(OPENLINEAGE_FILE, `${JSON.stringify(JSON.parse(body))}\n`);
    } catch (error) {
      throw new SendError(`OPENLINEAGE_FILE can't be written (${(error as NodeJS.ErrnoException).code}).`);
    }
  }
  if (OPENLINEAGE_URL)
    await post(OPENLINEAGE_URL, body, { id, ...(OPENLINEAGE_API_KEY && { bearer: OPENLINEAGE_API_KEY }) });
}

/** The signature of a body at a time: `t=<seconds>,v1=<HMAC-SHA256 of "<seconds>.<body>">`. */
function webhookSignature(body: string, key: string, seconds: number): string {
  return `t=${seconds},v1=${createHmac("sha256", key).update(`${seconds}.${body}`).digest("hex")}`;
}

async function post(
  url: string,
  body: string,
  { id, key, bearer }: { id: string; key?: string; bearer?: string },
): Promise<void> {
  const headers = {
    ...{ "content-type": "application/json", "idempotency-key": id },
    ...(key && { "x-portal-signature": webhookSignature(body, key, Math.floor(Date.now() / 1000)) }),
    ...(bearer && { authorization: `Bearer ${bearer}` }),
  };
  let status: number;
  try {
    const answer = await fetch(url, {
      method: "POST",
      headers,
      body,
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE),
    });
    await answer.body?.cancel();
    status = answer.status;
  } catch (error) {
    const { name, cause } = error as Error;
    throw new SendError(
      name === "TimeoutError"
        ? `It did not answer within ${PATIENCE / 1000} s.`
        : `It can't be reached (${tlsFailureText(cause) ?? codeOf(cause)}).`,
    );
  }
  const isRefusal = status >= 400 && status < 500 && ![401, 403, 404, 408, 425, 429].includes(status);
  if (status < 200 || status >= 300) throw new SendError(`It answered ${status}.`, isRefusal);
}

async function sendEmail(
  { id, title }: Delivery,
  to: readonly string[],
  text: string,
  settings: Settings,
): Promise<void> {
  const { SMTP_URL, SMTP_FROM } = settings;
  if (!SMTP_URL || !SMTP_FROM) throw new SendError("E-mail needs SMTP_URL and SMTP_FROM in .env.");
  if (!/^smtps?:/.test(SMTP_URL) || !URL.canParse(SMTP_URL))
    throw new SendError("SMTP_URL in .env is no smtp://user:password@mail.example.com:587.");
  const address = new URL(SMTP_URL);
  // Loaded with the first e-mail: every start of an engine costs more, the more its worker holds in memory.
  const { createTransport } = await import("nodemailer");
  const transport = createTransport({
    host: address.hostname.replace(/^\[|\]$/g, ""),
    port: Number(address.port) || (address.protocol === "smtps:" ? 465 : 587),
    secure: address.protocol === "smtps:",
    // A log-in travels over TLS alone.
    ...(address.username && {
      requireTLS: true,
      auth: { user: decodeURIComponent(address.username), pass: decodeURIComponent(address.password) },
    }),
    ...{ connectionTimeout: PATIENCE, greetingTimeout: PATIENCE, socketTimeout: PATIENCE },
  });
  try {
    // The same message has the same id at every attempt: what was delivered twice is shown once by most mail programs.
    const messageId = `<${id.replace(/[^\w.-]/g, ".")}@data-operations-portal>`;
    await transport.sendMail({ from: SMTP_FROM, to: [...to], subject: title, text, messageId });
  } catch (error) {
    const { code, responseCode, message } = error as Error & { code?: string; responseCode?: number };
    const untrusted = CERTIFICATE.find(([said]) => said.test(message))?.[1];
    if (untrusted) throw new SendError(`The mail server's certificate is not accepted: ${untrusted}.`);
    if (code === "ETLS")
      throw new SendError(
        "The mail server offers no encryption, so the log-in of SMTP_URL was not sent. Write smtps://… or another port, or leave the log-in out.",
      );
    throw new SendError(
      `The mail server did not take it (${[code, responseCode].filter(Boolean).join(" ") || "no reason given"}).`,
    );
  } finally {
    transport.close();
  }
}

// What the mailer says of a certificate, without the address that it repeats.
const CERTIFICATE: readonly (readonly [said: RegExp, why: string])[] = [
  [/altnames/i, "it is for another name than SMTP_URL has"],
  [/certificate has expired/i, "it has expired"],
  [/not yet valid/i, "it is not valid yet"],
  [
    /self-signed certificate|unable to (verify|get)/i,
    "its authority is not trusted here. Write CA_FILE=… into .env, the PEM file of that authority",
  ],
];

// Messages of the network repeat the address, which is a secret.
function codeOf(cause: unknown): string {
  const code = (cause as { code?: unknown } | undefined)?.code;
  return typeof code === "string" ? code : "no connection";
}
