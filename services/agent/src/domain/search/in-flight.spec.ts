import fc from 'fast-check';
import { episodesInFlight, idleReplicas, jobsInFlight, NO_REPLICAS } from './in-flight.ts';

const auto = { batchSize: 4, staleness: 1, inFlight: 0 };

describe('episodes in flight', () => {
  it('are two before a replica is seen, and keep one replica of each service busy with one more waiting', () => {
    expect(episodesInFlight(NO_REPLICAS, auto)).toBe(2);
    expect(episodesInFlight({ fit: 1, assess: 1, evaluate: 1, studies: 1 }, auto)).toBe(3);
  });

  it('count the replicas of the slower of the two services that work on an episode at once', () => {
    expect(episodesInFlight({ fit: 4, assess: 1, evaluate: 6, studies: 1 }, auto)).toBe(14);
    expect(episodesInFlight({ fit: 4, assess: 6, evaluate: 1, studies: 1 }, auto)).toBe(14);
  });

  it('are shared by the studies that run, and never idle a replica while there are enough studies', () => {
    const count = fc.integer({ min: 0, max: 1000 });
    fc.assert(
      fc.property(count, count, count, fc.integer({ min: 1, max: 100 }), (fit, assess, evaluate, studies) => {
        const each = episodesInFlight({ fit, assess, evaluate, studies }, auto);
        expect(each * studies).toBeGreaterThanOrEqual(fit + Math.max(assess, evaluate));
        expect(each).toBeLessThanOrEqual(Math.max(2, (2 * fit + Math.max(assess, evaluate)) / studies + 1));
      }),
    );
  });

  it('are the number that the study sets, whatever the replicas', () => {
    expect(episodesInFlight({ fit: 9, assess: 9, evaluate: 9, studies: 1 }, { inFlight: 1 })).toBe(1);
  });
});

describe('jobs in flight', () => {
  it('are as many as there are generators and simulators, at least two', () => {
    expect(jobsInFlight(NO_REPLICAS)).toBe(2);
    expect(jobsInFlight({ fit: 3, assess: 50, evaluate: 5, studies: 1 })).toBe(8);
    expect(jobsInFlight({ fit: 3, assess: 50, evaluate: 5, studies: 4 })).toBe(2);
  });
});

describe('idle replicas', () => {
  const twenty = { fit: 10, assess: 2, evaluate: 10, studies: 1 };

  it('are none where the batches are large enough', () => {
    expect(idleReplicas({ fit: 4, assess: 4, evaluate: 4, studies: 1 }, auto)).toBeUndefined();
    expect(idleReplicas(twenty, { ...auto, batchSize: 10 })).toBeUndefined();
    expect(idleReplicas({ ...twenty, studies: 3 }, auto)).toBeUndefined();
  });

  it('are explained by the batch, with the batch that would use them', () => {
    expect(idleReplicas(twenty, auto)).toBe(
      'at most 8 episodes at once, and the replicas could work on 20: a batch has 4; batch: 10 would use them',
    );
    expect(idleReplicas(twenty, { ...auto, staleness: 0 })).toMatch(/at most 4 .* batch: 20 would/);
  });

  it('are explained by a number in flight that the study sets', () => {
    expect(idleReplicas(twenty, { ...auto, inFlight: 2 })).toBe(
      'at most 2 episodes at once, and the replicas could work on 20: inFlight is 2; inFlight: auto would use them',
    );
  });
});
