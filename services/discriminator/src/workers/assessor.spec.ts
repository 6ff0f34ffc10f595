import { createRandom } from '@qloom/random/random.ts';
import type { Points } from '@qloom/study/points/points.ts';
import { type Assessment, assess } from '../domain/assess/assess.ts';
import { createAssessor } from './assessor.ts';

function cloud(count: number, seed: string): Points {
  return { count, features: 2, classes: 1, x: createRandom(seed).normals(2 * count), y: new Int32Array(count) };
}

describe('createAssessor', () => {
  const assessment: Assessment = {
    training: cloud(60, 'training'),
    heldOut: cloud(30, 'held out'),
    synthetic: cloud(60, 'synthetic'),
    seed: 3,
    physical: null,
  };

  it('gives the results of assess from its thread, repeatedly', async () => {
    const assessor = createAssessor();
    const expected = assess(assessment);
    expect(await Promise.all([assessor.assess(assessment), assessor.assess(assessment)])).toEqual([expected, expected]);
    await assessor.close();
    await expect(assessor.assess(assessment)).rejects.toThrow('the assessor is closed');
  });

  it('forwards errors with their code, and stops waiting when the call is cancelled', async () => {
    const assessor = createAssessor();
    await expect(assessor.assess({ ...assessment, heldOut: cloud(1, 'a') })).rejects.toMatchObject({
      name: 'InvalidPointsError',
      code: 'invalid',
    });
    const controller = new AbortController();
    const waiting = assessor.assess(assessment, controller.signal);
    controller.abort(new Error('gone'));
    await expect(waiting).rejects.toThrow('gone');
    expect((await assessor.assess(assessment)).syntheticCount).toBe(60);
    await assessor.close();
  });
});
