import { type DestinationStream, type Level, type Logger, pino } from "pino";
import { MASK, type Redact } from "./keys/redact.ts";

/** Fields whose text is never shown, at any depth, by any spelling of their name. */
const secretField =
  /("[^"]*(?:secret|api[-_]?key|password|passphrase|private[-_]?key|mnemonic|authorization|signature|(?:api|auth|access|session)[-_]?token)[^"]*"\s*:\s*)"(?:[^"\\]|\\.)*"/gi;

/**
 * The keeper's log: one JSON line an event. Every line is searched as a whole before it is written, so a secret inside a nested
 * object or an error's message does not get out either.
 * @param redact takes out the values that must not appear anywhere, whatever field carries them.
 */
export function createLog(level: Level, destination: DestinationStream, redact: Redact): Logger {
  const masked = (line: string) => redact(line).replace(secretField, `$1"${MASK}"`);
  return pino({ level, base: null, hooks: { streamWrite: masked } }, destination);
}
