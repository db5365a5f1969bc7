import { afterEach, beforeEach, describe } from "vitest";
import { describeHedged } from "./hedge-suite.ts";
import { describeMargin } from "./margin-suite.ts";
import { describeOrders } from "./order-suite.ts";
import { Play, type VenueStory } from "./play.ts";
import { describeStops } from "./stop-suite.ts";

/** What every exchange's actor must do, played at one simulated venue with its real client. */
export function describeActor(name: string, story: VenueStory): void {
  describe(`actor of ${name}`, () => {
    let play: Play;
    beforeEach(async () => {
      play = new Play(story, await story.open());
    });
    afterEach(async () => {
      await play.client.close();
      await play.running.stop();
    });
    describeOrders(story, () => play);
    describeStops(story, () => play);
    describeMargin(story, () => play);
    describeHedged(story, () => play);
  });
}
