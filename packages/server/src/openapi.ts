import swagger, { type SwaggerTransformObject } from "@fastify/swagger";
import { contract } from "@plimsoll/server/contract";
import type { FastifyInstance } from "fastify";
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from "fastify-type-provider-zod";

type ApiDocument = ReturnType<SwaggerTransformObject>;

/** OpenAPI 3.1 out of the same schemas that check every answer; the stream's frames are among its components. */
export async function describeApi(app: FastifyInstance, version: string): Promise<void> {
  const from = { schemaRegistry: contract };
  await app.register(swagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Plimsoll",
        version,
        description:
          "Amounts are decimal text with their unit. Live changes: WebSocket /api/v1/stream with the sub-protocols `plimsoll.v1` and `token.TOKEN`; every message is a `Frame`; `?session=...&after=N` resumes.",
        license: { name: "Apache-2.0", identifier: "Apache-2.0" },
      },
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
      security: [{ token: [] }],
    },
    transform: createJsonSchemaTransform(from),
    transformObject: (document) => withoutInputs(createJsonSchemaTransformObject(from)(document)),
  });
  app.get("/api/v1/openapi.json", { schema: { hide: true } }, () => app.swagger());
}

/** The library lists every schema a second time as request input; nothing here is sent to us, so those names are dropped. */
function withoutInputs(document: ApiDocument): ApiDocument {
  if (!("openapi" in document) || document.components?.schemas === undefined) return document;
  const answered = Object.entries(document.components.schemas).filter(([name]) => !name.endsWith("Input"));
  return { ...document, components: { ...document.components, schemas: Object.fromEntries(answered) } } as ApiDocument;
}
