import { termsDocument } from "@plimsoll/venues/wire";
import recorded from "./terms/2023-03-27.json" with { type: "json" };
import present from "./terms/2025-05-01.json" with { type: "json" };

/** The shipped documents: the rules in force, and those of the recordings of 2023. */
export const PRESENT_DOCUMENT = termsDocument(present);
export const DOCUMENT_OF_2023 = termsDocument(recorded);
