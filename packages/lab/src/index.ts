export * from "@plimsoll/lab/replay";
export * from "@plimsoll/lab/tape";
