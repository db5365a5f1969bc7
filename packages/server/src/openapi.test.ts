import { Ajv2020 } from "ajv/dist/2020.js";
import { expect, test } from "vitest";
import { RunningServer } from "./testing/running-server.ts";

const running = new RunningServer();

test("every answer fits the OpenAPI 3.1 document, as another validator reads it", async () => {
  running.source.play({ happening: { is: "note", text: "started" } });
  const document = (await running.get("/api/v1/openapi.json")).json<OpenApi>();
  expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\.\d+$/), info: { version: "1.2.3" } });
  const ajv = new Ajv2020({ strict: true, formats: { "date-time": true }, allErrors: true });
  ajv.addVocabulary(["components"]); // the schemas lie under a word of OpenAPI's
  ajv.addSchema({ $id: "doc:", components: document.components });
  const local = (schema: object) => JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"doc:#/')) as object;
  for (const name of Object.keys(document.components.schemas)) ajv.getSchema(`doc:#/components/schemas/${name}`);
  const paths = Object.keys(document.paths);
  expect(paths.toSorted()).toEqual([
    "/api/v1/activity",
    "/api/v1/alerts",
    "/api/v1/book",
    "/api/v1/coverage",
    "/api/v1/evidence",
    "/api/v1/guards",
    "/api/v1/guards/{id}",
    "/api/v1/guards/{id}/arming",
    "/api/v1/guards/{id}/mode",
    "/api/v1/guards/{id}/rehearsal",
    "/api/v1/mode",
    "/api/v1/panic",
    "/api/v1/plans",
    "/api/v1/plans/{hash}/act",
    "/health",
    "/ready",
  ]);
  for (const path of paths) {
    const operation = document.paths[path]?.["get"];
    if (operation === undefined) continue; // what acts is asked where a host can act
    const answer = await running.get(path);
    const response = operation.responses[String(answer.statusCode)];
    expect(response?.description).toBeTypeOf("string");
    const schema = response?.content["application/json"]?.schema;
    expect(schema).toBeDefined();
    const fits = ajv.compile(local(schema as object));
    expect(fits(answer.json()) || fits.errors).toBe(true);
    expect(fits({ ...answer.json<object>(), surprise: 1 })).toBe(false);
  }
});

interface OpenApi {
  components: { schemas: Record<string, object> };
  paths: Record<
    string,
    Record<string, { responses: Record<string, { description: string; content: Record<string, { schema: object }> }> }>
  >;
}

test("every schema that the OpenAPI document points at is in it", async () => {
  const { payload } = await running.get("/api/v1/openapi.json");
  const { components } = JSON.parse(payload) as OpenApi;
  const named = [...payload.matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = ""]) => name);
  expect(named).toContain("Arming");
  expect(named.filter((name) => !(name in components.schemas))).toEqual([]);
});
