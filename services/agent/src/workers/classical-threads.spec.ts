import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { CLASSICAL_ARMS } from '../domain/evaluation/classical-table.ts';
import { predictClassical } from '../domain/evaluation/predict-classical.ts';
import { type ClassicalThreads, createClassicalThreads } from './classical-threads.ts';

const NEVER = new AbortController().signal;

function clouds(count: number, label: string): Points {
  const random = createRandom(label);
  const y = Int32Array.from({ length: count }, (_, i) => i % 2);
  const x = Float32Array.from({ length: 2 * count }, (_, i) => 2 * y[i >> 1] + random.normal());
  return { count, features: 2, classes: 2, x, y };
}

const taskOf = (arm: string, labels = 40) => ({
  ...{ arm, labels: clouds(labels, 'labels'), test: clouds(50, 'test') },
  seed: 3,
});

describe('createClassicalThreads', () => {
  let threads: ClassicalThreads;
  beforeAll(() => {
    threads = createClassicalThreads();
  });
  afterAll(() => threads.close());

  it.each(Object.keys(CLASSICAL_ARMS))('answer as %s on a kept thread what the main thread answers', async (arm) => {
    const task = taskOf(arm);
    const answer = await threads.answer(task, NEVER);
    expect(answer).toEqual(predictClassical(task));
    // Two job clouds 2√2 apart: a perfect rule is right for 92% of the points.
    const right = answer.predictions.filter((label, row) => label === task.test.y[row]).length;
    expect(right / task.test.count).toBeGreaterThan(0.75);
    expect(threads.size).toBe(1);
  });

  it('are as many as answers were wanted at once', async () => {
    const both = [taskOf('lda'), taskOf('nearest-neighbours')];
    expect(await Promise.all(both.map((task) => threads.answer(task, NEVER)))).toEqual(both.map(predictClassical));
    expect(threads.size).toBe(2);
    await threads.answer(taskOf('lda'), NEVER);
    expect(threads.size).toBe(2);
  });

  it('end a fit with the reason of its signal; the next one has another thread', async () => {
    const stopping = new AbortController();
    const asked = threads.answer(taskOf('svc', 4_000), stopping.signal);
    stopping.abort(new Error('over'));
    await expect(asked).rejects.toThrow('over');
    await expect(threads.answer(taskOf('lda'), stopping.signal)).rejects.toThrow('over');
    expect(await threads.answer(taskOf('lda'), NEVER)).toEqual(predictClassical(taskOf('lda')));
  });

  it('reject with the error of a fit, and go on', async () => {
    await expect(threads.answer(taskOf('no such arm'), NEVER)).rejects.toThrow(TypeError);
    expect(await threads.answer(taskOf('lda'), NEVER)).toEqual(predictClassical(taskOf('lda')));
  });

  it('reject what is under way when they close, and what comes later', async () => {
    const closing = createClassicalThreads();
    const asked = closing.answer(taskOf('svc', 4_000), NEVER);
    const rejected = expect(asked).rejects.toThrow('svc: its thread ended without an answer');
    await closing.close();
    await rejected;
    await expect(closing.answer(taskOf('lda'), NEVER)).rejects.toThrow("lda: the agent's threads are closed");
    expect(closing.size).toBe(0);
  });
});
