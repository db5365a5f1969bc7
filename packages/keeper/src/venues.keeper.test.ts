import { describe } from "vitest";
import { describeVenueTrials } from "./testing/venue-trials.ts";

describe("the journal is in a folder", () => {
  describeVenueTrials(async () => undefined);
});
