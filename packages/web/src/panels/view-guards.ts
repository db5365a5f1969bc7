import type { Book } from "@plimsoll/server/contract";
import { shortName, waitingText } from "@plimsoll/server/display";

/** Every guard in force as its card tells it, with the looser version that waits for it. */
export const viewGuards = ({ guards, waiting, at }: Pick<Book, "guards" | "waiting" | "at">) =>
  guards.map(({ id, name, mode, holding, account, when, wants, ladder }) => {
    const looser = waiting.find(({ guard }) => guard === id);
    return {
      ...{ id, name, mode, wants },
      scope: account === undefined ? holding : `${holding}, ${shortName(account)}`,
      when: shortName(when),
      ladder: ladder.map(shortName),
      waiting: looser && waitingText(looser, at),
    };
  });
