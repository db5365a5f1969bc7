import type { Result, Why } from "@plimsoll/core/units";
import {
  AccountPlan,
  Arming,
  Done,
  GuardEntry,
  GuardModeChange,
  House,
  ModeChange,
  PanicOrder,
  PanicReport,
  PlanWish,
  Problem,
  Rehearsal,
  WrittenGuard,
} from "@plimsoll/server/contract";
import type { FastifyInstance, FastifyReply } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import * as z from "zod";
import type { Control } from "./control.ts";
import { sendProblem, sendWhy } from "./problem.ts";

const refused = Object.fromEntries(
  [400, 401, 403, 404, 409, 421, 422, 501, 503].map((status) => [status, Problem]),
) as Record<400 | 401 | 403 | 404 | 409 | 421 | 422 | 501 | 503, typeof Problem>;

const named = z.object({ id: z.string().min(1) });
const list = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item) });

/** What changes guards, plans and sends. Every answer of a host that refuses is a problem with the number that decided. */
export function addControlRoutes(instance: FastifyInstance, control: Control | undefined): void {
  addGuardRoutes(instance, control);
  addActRoutes(instance, control);
}

/** Asks the control, and answers with what it says; without one nothing can be asked. */
async function ask<T, A>(
  reply: FastifyReply,
  control: Control | undefined,
  question: (control: Control) => Promise<Result<T, Why>>,
  say: (value: T) => A,
): Promise<A> {
  if (control === undefined) return sendProblem(reply, "read-only", "this run has no accounts to act on") as A;
  const answer = await question(control);
  return answer.ok ? say(answer.value) : (sendWhy(reply, answer.failure) as A);
}

const items = <T>(value: readonly T[]) => ({ items: [...value] });
const same = <T>(value: T) => value;

function addGuardRoutes(instance: FastifyInstance, control: Control | undefined): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.post(
    "/api/v1/guards",
    {
      schema: {
        summary: "Adds a guard, written as in a config file's list; it is refused with the place that is wrong",
        body: WrittenGuard,
        response: { 201: GuardEntry, ...refused },
      },
    },
    (request, reply) =>
      ask(
        reply,
        control,
        (host) => host.addGuard(request.body.written),
        (entry) => (reply.code(201), entry),
      ),
  );

  app.get(
    "/api/v1/guards/:id",
    {
      schema: {
        summary: "One guard as its file has it, with the hash of what it says",
        params: named,
        response: { 200: GuardEntry, ...refused },
      },
    },
    ({ params: { id } }, reply) => ask(reply, control, (host) => host.showGuard(id), same),
  );

  app.delete(
    "/api/v1/guards/:id",
    {
      schema: {
        summary: "Takes a guard out; an armed one is disarmed first",
        params: named,
        response: { 200: Done, ...refused },
      },
    },
    ({ params: { id } }, reply) =>
      ask(
        reply,
        control,
        (host) => host.removeGuard(id),
        () => ({ done: `${id} is gone` }),
      ),
  );

  app.post(
    "/api/v1/guards/:id/rehearsal",
    {
      schema: {
        summary: "When it would have fired and released, and what it would have done, as prices fall and rise",
        params: named,
        response: { 200: list(Rehearsal), ...refused },
      },
    },
    ({ params: { id } }, reply) => ask(reply, control, (host) => host.rehearseGuard(id), items),
  );

  app.get(
    "/api/v1/guards/:id/arming",
    {
      schema: {
        summary:
          "What arming it, or `mode=shadow`, changes, what it would have done over recorded prices, places and would do now; nothing changes",
        params: named,
        querystring: z.object({ mode: z.enum(["shadow", "armed"]).default("armed") }),
        response: { 200: Arming, ...refused },
      },
    },
    ({ params: { id }, query: { mode } }, reply) => ask(reply, control, (host) => host.previewMode(id, mode), same),
  );

  app.put(
    "/api/v1/guards/:id/mode",
    {
      schema: {
        summary: "Arms it or puts it in shadow, confirmed by the hash of the preview; a keeper waits before it loosens",
        params: named,
        body: GuardModeChange,
        response: { 200: GuardEntry, ...refused },
      },
    },
    ({ params: { id }, body: { mode, confirm } }, reply) =>
      ask(reply, control, (host) => host.setGuardMode(id, mode, confirm), same),
  );
}

function addActRoutes(instance: FastifyInstance, control: Control | undefined): void {
  const app = instance.withTypeProvider<ZodTypeProvider>();

  app.post(
    "/api/v1/plans",
    {
      schema: {
        summary: "The cheapest way back to safety for each guard, or for one account to a health; nothing is sent",
        body: PlanWish,
        response: { 200: list(AccountPlan), ...refused },
      },
    },
    ({ body }, reply) => ask(reply, control, (host) => host.plan(body), items),
  );

  app.post(
    "/api/v1/plans/:hash/act",
    {
      schema: {
        summary: "Carries out a plan that was made before, if nothing forbids it any more",
        params: z.object({ hash: z.string().regex(/^[0-9a-f]{8,64}$/) }),
        response: { 200: Done, ...refused },
      },
    },
    ({ params: { hash } }, reply) =>
      ask(
        reply,
        control,
        (host) => host.act(hash),
        (whole) => ({ done: `plan ${whole} is being carried out` }),
      ),
  );

  app.put(
    "/api/v1/mode",
    {
      schema: {
        summary: "Changes what the whole house may do; shadow and halted protect nobody",
        body: ModeChange,
        response: { 200: House, ...refused },
      },
    },
    ({ body: { mode } }, reply) =>
      ask(
        reply,
        control,
        (host) => host.setMode(mode),
        () => ({ mode }),
      ),
  );

  app.post(
    "/api/v1/panic",
    {
      schema: {
        summary:
          'Closes every position it can reach: `{"confirm":"panic"}`, of some accounts with `accounts`; `{"rehearse":true}` only shows it',
        body: PanicOrder,
        response: { 200: PanicReport, ...refused },
      },
    },
    ({ body }, reply) => ask(reply, control, (host) => host.panic(body), same),
  );

  app.get(
    "/api/v1/panic",
    {
      schema: {
        summary: "What the last panic did, and what is left of its accounts, read now: ask until it is flat",
        response: { 200: PanicReport, ...refused },
      },
    },
    (_request, reply) => ask(reply, control, (host) => host.showPanic(), same),
  );
}
