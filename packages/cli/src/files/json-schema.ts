import * as z from "zod";

type Schema = { type?: unknown; pattern?: string; minimum?: number };

/** What a bare number in a file could look like as text. */
const bareNumbers = ["0", "1", "5", "12.5"];

/**
 * JSON Schema (draft 2020-12) of what a person writes. The reader takes a number as its source text, so a text field whose
 * pattern accepts bare numbers is published as text or number.
 */
export function inputSchema(schema: z.ZodType): Record<string, unknown> {
  const { $schema: _draft, ...body } = z.toJSONSchema(schema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => allowNumber(jsonSchema as Schema),
  });
  return body;
}

/** A published file: the draft first, then what it describes. */
export const published = (title: string, body: Record<string, unknown>): object => ({
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title,
  ...body,
});

function allowNumber(schema: Schema): void {
  if (schema.type !== "string" || schema.pattern === undefined) return;
  const pattern = new RegExp(schema.pattern);
  if (!bareNumbers.some((text) => pattern.test(text))) return;
  schema.type = ["string", "number"];
  if (!pattern.test("-1")) schema.minimum = 0; // says nothing about text
}
