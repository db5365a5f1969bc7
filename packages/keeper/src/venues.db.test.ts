import { describe } from "vitest";
import { newDatabase } from "./store/testing.ts";
import { describeVenueTrials } from "./testing/venue-trials.ts";

describe("the journal is on PostgreSQL", () => {
  describeVenueTrials(newDatabase);
});
