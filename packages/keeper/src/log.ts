import { type DestinationStream, type Level, type Logger, pino } from "pino";

const MASK = "[secret]";
/** Fields whose text is never shown, at any depth, by any spelling of their name. */
const secretField =
  /("[^"]*(?:secret|api[-_]?key|password|passphrase|private[-_]?key|mnemonic|authorization|signature|(?:api|auth|access|session)[-_]?token)[^"]*"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;
/** The password in a URL, and the signed part of a request. */
const urlPassword = /(:\/\/[^/\s:@"]*:)[^@\s"]+@/g;
const signedPart = /((?:signature|listenKey|apiKey)=)[^&\s"]+/gi;

/**
 * The keeper's log: one JSON line an event. Every line is searched as a whole before it is written, so a secret inside a nested
 * object or an error's message does not get out either.
 * @param secrets values that must not appear anywhere, whatever field carries them.
 */
export function createLog(level: Level, destination: DestinationStream, secrets: readonly string[] = []): Logger {
  const literal = secrets.filter((secret) => secret.length > 0).map((secret) => JSON.stringify(secret).slice(1, -1));
  const masked = (line: string) =>
    literal
      .reduce((text, secret) => text.replaceAll(secret, MASK), line)
      .replace(secretField, `$1"${MASK}"`)
      .replace(urlPassword, `$1${MASK}@`)
      .replace(signedPart, `$1${MASK}`);
  return pino({ level, base: null, hooks: { streamWrite: masked } }, destination);
}
