import type { VenueModule } from "@plimsoll/venues/wire";

/** Every margin system this build models; a new venue is one folder and one line here. */
export const venues: readonly VenueModule[] = [];
