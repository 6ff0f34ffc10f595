import type { ClassicalAnswer } from '../domain/evaluation/predict-classical.ts';
import type { ClassicalThreads } from '../workers/classical-threads.ts';

/**
 * The answers of `threads`, each made once: for worlds that run the same study again and again. Its `close` closes nothing, so that a
 * world that stops leaves the threads to the next one.
 */
export function rememberedAnswers(threads: ClassicalThreads): ClassicalThreads {
  const answers = new Map<string, Promise<ClassicalAnswer>>();
  return {
    get size() {
      return threads.size;
    },
    async answer(task, signal) {
      const { labels, test } = task;
      const key = JSON.stringify([task.arm, task.seed, ...[labels, test].flatMap(({ x, y }) => [[...x], [...y]])]);
      const known = answers.get(key) ?? threads.answer(task, new AbortController().signal);
      answers.set(key, known);
      const answer = await known;
      signal.throwIfAborted();
      return answer;
    },
    close: async () => {},
  };
}
