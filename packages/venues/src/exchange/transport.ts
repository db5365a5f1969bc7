import { type Result, type Why, fail, ok, why } from "@plimsoll/core/units";
import type { Exchange } from "ccxt";
import type { Purpose, RateBudget, Spending } from "./rate-budget.ts";

/** A call without a usable answer; `status` and `code` are absent when the venue did not speak. */
export interface Trouble {
  readonly status?: number;
  readonly code?: number;
  readonly message: string;
  readonly cause?: unknown;
}

/** How one venue says no, also where it says so with HTTP status 200. */
export interface Dialect {
  readonly venue: string;
  /** The venue's own code and words, or undefined where the answer is no refusal; `body` is the raw text. */
  readonly refusal: (status: number, body: string) => Pick<Trouble, "code" | "message"> | undefined;
  /** How long nothing is sent after this trouble, where the venue means a limit by it; statuses 418 and 429 are known without. */
  readonly restMs?: (trouble: Trouble) => number | undefined;
}

/** What one call costs, and whether it protects a position: those may use the share that readings leave alone. */
export interface Cost {
  readonly weight: number;
  readonly purpose: Purpose;
}

class Refused extends Error {
  readonly trouble: Trouble;
  constructor(trouble: Trouble) {
    super(trouble.message);
    this.trouble = trouble;
  }
}

/** HTTP says so when a limit was passed; some venues then ban the address for a while. */
const TOO_MANY = new Set([418, 429]);
const BAN_MS = 60_000;

const budgets = new WeakMap<Exchange, RateBudget>();

/** What a client has spent of its venue's limit; undefined where nobody counts. */
export const spendingOf = (client: Exchange): Spending | undefined => budgets.get(client)?.spending();

/** The calls to one exchange through ccxt, of which only addresses, signatures and sockets are used. */
export class Transport<C extends Exchange> {
  readonly client: C;
  readonly #dialect: Dialect;
  readonly #budget: RateBudget | undefined;

  /** @param client changed: it keeps the venue's own status and code, which ccxt would fold into the text of an exception, and sends once. */
  constructor(client: C, dialect: Dialect, budget?: RateBudget) {
    this.client = client;
    this.#dialect = dialect;
    this.#budget = budget;
    if (budget !== undefined) budgets.set(client, budget);
    client.options["maxRetriesOnFailure"] = 0;
    client.handleErrors = (status: number, reason: string, _url, _method, _headers, body: string | undefined) => {
      const said = dialect.refusal(status, body ?? "");
      if (status < 400 && said === undefined) return undefined;
      const message = said?.message ?? (body === undefined || body === "" ? reason : body);
      throw new Refused({ status, ...(said?.code !== undefined && { code: said.code }), message });
    };
  }

  /** Makes one call; a refusal of the venue and an exception of the library both become a failure. */
  async call(make: (client: C) => Promise<unknown>, cost: Cost): Promise<Result<unknown, Trouble>> {
    await this.#budget?.admit(cost);
    try {
      return ok(await make(this.client));
    } catch (error) {
      if (!(error instanceof Refused))
        return fail({ message: error instanceof Error ? error.message : String(error), cause: error });
      const banMs = TOO_MANY.has(error.trouble.status ?? 0) ? BAN_MS : 0;
      this.#budget?.rest(this.#dialect.restMs?.(error.trouble) ?? banMs);
      return fail(error.trouble);
    }
  }

  /** One reading call: the answer, or why it could not be had. */
  async ask(what: string, make: (client: C) => Promise<unknown>, weight = 1): Promise<Result<unknown, Why>> {
    const answer = await this.call(make, { weight, purpose: "read" });
    return answer.ok ? answer : fail(unreached(this.#dialect.venue, what, answer.failure));
  }
}

const unreached = (venue: string, what: string, { status, code, message }: Trouble): Why =>
  why(`${venue}/unreached`, {
    call: what,
    status: `${status ?? "none"}`,
    code: `${code ?? "none"}`,
    detail: message,
    next: "check connection, key and clock of this machine; the reading is tried again",
  });
