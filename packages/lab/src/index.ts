export * from "@plimsoll/lab/drill";
export * from "@plimsoll/lab/rehearse";
export * from "@plimsoll/lab/replay";
export * from "@plimsoll/lab/source";
export * from "@plimsoll/lab/tape";
