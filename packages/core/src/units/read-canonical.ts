import { exact } from "./exact.ts";

/** Reads canonical text back: an Exact, which stands there as decimal text, gets its integer back wherever one stands. @throws on text that is no JSON. */
export const readCanonical = (text: string): unknown => revived(JSON.parse(text));

/** Changes the fresh value in place. */
function revived(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const fields = value as Record<string, unknown>;
  const { digits, scale } = fields;
  if (typeof digits === "string" && typeof scale === "number" && Object.keys(fields).length === 2)
    return exact(BigInt(digits), scale);
  for (const key in fields) {
    const field = fields[key];
    if (typeof field === "object" && field !== null) fields[key] = revived(field);
  }
  return fields;
}
