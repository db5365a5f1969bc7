export { type Replay, type ReplayPlan, type Run, replay } from "./replay.ts";
export { type Acted, type Course, type CoursePoint, type Ran, runCourse } from "./run-course.ts";
export type { Driven, Taken } from "./world.ts";
export { type Order, orders, pathOf } from "./path.ts";
