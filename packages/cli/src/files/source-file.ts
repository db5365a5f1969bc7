export { type SourceFile, checkSource, pathText, readSourceFile } from "@plimsoll/lab";
