import type { Why } from "@plimsoll/core/units";

/** Takes secrets out of a text. */
export type Redact = (text: string) => string;

export const MASK = "[secret]";
/** Below this a secret is masked as it is only: its encodings would be found in any text. */
const SHORTEST_ENCODED = 8;

/** The password in a URL; what signs a request or opens a stream, in its query or its path. */
const inUrls = [
  /(:\/\/[^/\s:@"]*:)[^@\s"\\]+(?=@)/g,
  /((?:signature|listenKey|apiKey)=)[^&\s"\\]+/gi,
  /(\/ws\/)[A-Za-z0-9]{40,}/g,
] as const;

/**
 * Makes the redaction of a run: known secrets in every form that libraries give them (plain, in JSON, in a URL, in hex, in base64
 * at any offset), and the parts of a URL that are secret whatever their value.
 */
export function createRedact(secrets: readonly string[]): Redact {
  const forms = [...new Set(secrets.flatMap(formsOf))].toSorted((a, b) => b.length - a.length);
  return (text) => {
    const known = forms.reduce((rest, form) => rest.replaceAll(form, MASK), text);
    return inUrls.reduce((rest, pattern) => rest.replace(pattern, `$1${MASK}`), known);
  };
}

export const redactWhy = (redact: Redact, { code, facts }: Why): Why => ({
  code,
  facts: Object.fromEntries(Object.entries(facts).map(([name, fact]) => [name, redact(fact)])),
});

function formsOf(secret: string): readonly string[] {
  if (secret === "") return [];
  const plain = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
  if (secret.length < SHORTEST_ENCODED) return plain;
  const hex = Buffer.from(secret).toString("hex");
  return [...plain, hex, hex.toUpperCase(), ...[0, 1, 2].flatMap((offset) => base64At(secret, offset))];
}

/** The base64 characters that are the secret's alone where it begins at this offset within three bytes. */
function base64At(secret: string, offset: number): readonly string[] {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(secret)]);
  const first = Math.ceil((offset * 8) / 6);
  const last = Math.floor((bytes.length * 8) / 6);
  return [bytes.toString("base64").slice(first, last), bytes.toString("base64url").slice(first, last)];
}

/** What is secret of an address that carries its key: the whole, and what an error may quote of it. */
export function secretsOfUrl(url: string): readonly string[] {
  if (!URL.canParse(url)) return [url];
  const { pathname, search, username, password } = new URL(url);
  const segments = pathname.split("/").filter((each) => each.length >= 16);
  return [url, ...segments, ...[search.slice(1), username, password].filter((each) => each.length >= SHORTEST_ENCODED)];
}
