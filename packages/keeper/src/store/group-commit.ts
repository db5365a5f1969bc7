/**
 * Gathers concurrent requests into groups, one running at a time: while a group commits, newcomers wait and form the next.
 * An answer is given only after `commit` of its group has returned; if it throws, every caller of the group gets that error.
 */
export function groupCommit<Request, Answer>(
  commit: (group: readonly Request[]) => Promise<readonly Answer[]>,
  most = 1_000,
): (request: Request) => Promise<Answer> {
  interface Waiting {
    readonly request: Request;
    readonly resolve: (answer: Answer) => void;
    readonly reject: (error: unknown) => void;
  }
  const waiting: Waiting[] = [];
  let running = false;

  const run = async () => {
    running = true;
    await Promise.resolve(); // callers of the same moment join the first group
    while (waiting.length > 0) {
      const group = waiting.splice(0, most);
      try {
        const answers = await commit(group.map(({ request }) => request));
        group.forEach(({ resolve }, at) => resolve(answers[at]!));
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    running = false;
  };

  return (request) =>
    new Promise((resolve, reject) => {
      waiting.push({ request, resolve, reject });
      if (!running) void run();
    });
}
