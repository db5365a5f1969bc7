import type { BookCover, BookView, Surroundings } from "@plimsoll/core/turn";
import type { Evidence } from "@plimsoll/server/contract";
import type { LiveSource, StoryView } from "@plimsoll/server/view";
import type { Keeper, Written } from "@plimsoll/keeper";
import { ms } from "@plimsoll/core/units";
import { Happenings } from "./happenings.ts";

const nothing: BookView = {
  at: ms(0),
  seq: 0n,
  mode: "armed",
  accounts: [],
  holdings: [],
  guards: [],
  reserves: [],
  open: [],
};

/** What the server shows of whichever keeper runs now; a story and its evidence stand beside it during a demonstration. */
export class LiveView implements LiveSource {
  readonly happenings = new Happenings();
  readonly #listeners = new Set<() => void>();
  #keeper: Keeper | undefined;
  #detach: () => void = () => {};
  #around: () => Surroundings = () => ({});
  #story: StoryView | undefined;
  #evidence: Evidence = { is: "none", why: "nothing was exported yet" };

  /** Follows a keeper from now on; `past` is what its journal held already. */
  attach(keeper: Keeper, past: readonly Written[] = []): void {
    this.#detach();
    this.#keeper = keeper;
    this.happenings.add(past, () => keeper.view());
    this.#detach = keeper.onChange((written) => {
      this.happenings.add(written, () => keeper.view());
      this.changed();
    });
    this.changed();
  }

  /** What only the shell knows of what protects, asked at each look. */
  surround(around: () => Surroundings): void {
    this.#around = around;
  }

  /** The keeper that is shown now; none before the first has started. */
  keeper(): Keeper | undefined {
    return this.#keeper;
  }

  tell(story: StoryView): void {
    this.#story = story;
    this.changed();
  }

  prove(evidence: Evidence): void {
    this.#evidence = evidence;
    this.changed();
  }

  changed(): void {
    for (const listener of this.#listeners) listener();
  }

  view(): BookView {
    return this.#keeper?.view() ?? nothing;
  }
  coverage(): readonly BookCover[] {
    return this.#keeper?.coverage(this.#around()) ?? [];
  }
  story(): StoryView | undefined {
    return this.#story;
  }
  evidence(): Evidence {
    return this.#evidence;
  }
  async activity(query: { readonly before?: number; readonly limit: number }) {
    return this.happenings.page(query);
  }
  onChange(callback: () => void): () => void {
    this.#listeners.add(callback);
    return () => this.#listeners.delete(callback);
  }
}
