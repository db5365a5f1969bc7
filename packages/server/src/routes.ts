import {
  ActivityPage,
  Alert,
  Book,
  Cover,
  Evidence,
  Guard,
  House,
  Live,
  Problem,
  Ready,
} from "@plimsoll/server/contract";
import { type LiveSource, viewActivity, viewBook, viewCover, viewEvidence } from "@plimsoll/server/view";
import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import * as z from "zod";
import type { Stream } from "./stream.ts";

const Cursor = z.object({
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
const refused = { 400: Problem, 401: Problem, 403: Problem, 421: Problem };

/** What can be read. Nothing here changes anything. */
export function addRoutes(
  instance: FastifyInstance,
  source: LiveSource,
  stream: Stream,
  version: string,
  staleAfterMs: number,
): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();
  const open = { security: [] };

  app.get("/health", { schema: { summary: "Is the process alive", ...open, response: { 200: Live } } }, () => ({
    status: "live" as const,
    version,
  }));

  app.get(
    "/ready",
    {
      schema: { summary: "Is the data fresh and every account judged", ...open, response: { 200: Ready, 503: Ready } },
    },
    (_request, reply) => {
      const { scenery, quietMs } = stream.latest();
      const { accounts, coverage } = scenery.book;
      const unknown = accounts.filter(({ danger }) => danger === "unknown").length;
      const stale = accounts.filter((account) => account.stale).length;
      const ready = quietMs <= staleAfterMs && accounts.length > 0 && unknown + stale === 0;
      const unprotected = coverage.shadow + coverage.none;
      reply.code(ready ? 200 : 503);
      return { ready, quietMs, unknown, stale, unprotected };
    },
  );

  app.get(
    "/api/v1/book",
    { schema: { summary: "The whole book, worst first", response: { 200: Book, ...refused } } },
    () => viewBook(source.view(), source.coverage()),
  );

  app.get(
    "/api/v1/guards",
    {
      schema: {
        summary: "The guards as they stand",
        response: { 200: z.object({ items: z.array(Guard) }), ...refused },
      },
    },
    () => ({ items: viewBook(source.view()).guards }),
  );

  app.get(
    "/api/v1/mode",
    {
      schema: {
        summary: "What the whole house may do; shadow and halted protect nobody",
        response: { 200: House, ...refused },
      },
    },
    () => ({ mode: source.view().mode }),
  );

  app.get(
    "/api/v1/coverage",
    {
      schema: {
        summary: "What protects each position if this machine dies now, in seconds and money",
        response: { 200: z.object({ items: z.array(Cover) }), ...refused },
      },
    },
    () => ({ items: source.coverage().map(viewCover) }),
  );

  app.get(
    "/api/v1/alerts",
    {
      schema: {
        summary: "Troubles that are there, or were within the hour, the worst first",
        response: { 200: z.object({ items: z.array(Alert) }), ...refused },
      },
    },
    () => ({ items: viewBook(source.view()).alerts }),
  );

  app.get(
    "/api/v1/evidence",
    { schema: { summary: "The signed evidence file", response: { 200: Evidence, ...refused } } },
    () => viewEvidence(source),
  );

  app.get(
    "/api/v1/activity",
    {
      schema: {
        summary: "What happened and why, newest first; pass `next` as `before` for the page before",
        querystring: Cursor,
        response: { 200: ActivityPage, ...refused },
      },
    },
    async ({ query: { before, limit } }) => {
      const items = await source.activity({ ...(before !== undefined && { before }), limit: limit + 1 });
      const last = items[limit - 1];
      const more = items.length > limit && last !== undefined;
      return { items: items.slice(0, limit).map(viewActivity), ...(more && { next: String(last.seq) }) };
    },
  );
}
