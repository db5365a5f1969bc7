import { describe } from "vitest";
import { newDatabase } from "./testing/new-database.ts";
import { describeVenueTrials } from "./testing/venue-trials.ts";

describe("the journal is on PostgreSQL", () => describeVenueTrials(newDatabase));
