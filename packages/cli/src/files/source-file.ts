export { type SourceFile, checkSource, pathText, readSource, readSourceFile } from "@plimsoll/lab";
