/**
 * Where a secret stands in bytes, in any form that a program might give it: plain, JSON or URL-encoded, hex, or inside base64 at
 * any offset. It decodes what it finds instead of encoding what it looks for, so that it shares nothing with the redaction it checks.
 * @returns the forms found, with what stands around them.
 */
export function spillsOf(secret: string, bytes: Uint8Array): readonly string[] {
  const text = Buffer.from(bytes).toString("latin1");
  const wanted = Buffer.from(secret).toString("latin1");
  const found = (form: string, readings: readonly string[]) =>
    readings
      .filter((reading) => reading.includes(wanted))
      .map((reading) => `${form}: ...${around(reading, wanted)}...`);
  return [
    ...found("plain", [text]),
    ...found("escaped", [
      text.replaceAll(/\\u00([0-9a-f]{2})/gi, (_all, code: string) => byteOf(code)).replaceAll("\\", ""),
    ]),
    ...found("url", [text.replaceAll(/%([0-9a-f]{2})/gi, (_all, code: string) => byteOf(code))]),
    ...found(
      "hex",
      runs(text, /(?:[0-9a-f]{2}){6,}[0-9a-f]?/gi).flatMap((run) =>
        shifted(run, 2).map((each) => decoded(each, "hex")),
      ),
    ),
    ...found(
      "base64",
      runs(text, /[A-Za-z0-9+/_-]{8,}/g).flatMap((run) => shifted(run, 4).map((each) => decoded(each, "base64"))),
    ),
  ];
}

const byteOf = (code: string): string => String.fromCharCode(Number.parseInt(code, 16));
const runs = (text: string, pattern: RegExp): readonly string[] => text.match(pattern) ?? [];
/** The same text begun at each place of a group of letters. */
const shifted = (run: string, group: number): readonly string[] =>
  Array.from({ length: group }, (_each, start) => run.slice(start));
const decoded = (run: string, form: "hex" | "base64"): string => Buffer.from(run, form).toString("latin1");

function around(text: string, wanted: string): string {
  const at = text.indexOf(wanted);
  return JSON.stringify(text.slice(Math.max(0, at - 60), at + wanted.length + 20));
}
