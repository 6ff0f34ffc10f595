import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { CLASSICAL_ARMS } from '../domain/evaluation/classical-table.ts';
import { predictClassical } from '../domain/evaluation/predict-classical.ts';
import { classicalAnswer } from './classical.ts';

function clouds(count: number, label: string): Points {
  const random = createRandom(label);
  const y = Int32Array.from({ length: count }, (_, i) => i % 2);
  const x = Float32Array.from({ length: 2 * count }, (_, i) => 2 * y[i >> 1] + random.normal());
  return { count, features: 2, classes: 2, x, y };
}

describe('classicalAnswer', () => {
  it.each(Object.keys(CLASSICAL_ARMS))('of %s is the same on a thread as on the main thread', async (arm) => {
    const task = { arm, labels: clouds(80, 'labels'), test: clouds(50, 'test'), seed: 3 };
    const answer = await classicalAnswer(task, new AbortController().signal);
    expect(answer).toEqual(predictClassical(task));
    // Two job clouds 2√2 apart: a perfect rule is right for 92% of the points.
    const right = answer.predictions.filter((label, row) => label === task.test.y[row]).length;
    expect(right / task.test.count).toBeGreaterThan(0.75);
  });

  it('ends with the reason of its signal', async () => {
    const stopping = new AbortController();
    const task = { arm: 'svc', labels: clouds(400, 'labels'), test: clouds(50, 'test'), seed: 3 };
    const asked = classicalAnswer(task, stopping.signal);
    stopping.abort(new Error('over'));
    await expect(asked).rejects.toThrow('over');
  });
});
