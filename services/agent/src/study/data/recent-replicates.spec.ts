import { recentReplicates } from './recent-replicates.ts';

const replicate = { labels: 40 };

describe('recentReplicates', () => {
  it('draws a replicate once for all its arms, and again once it was forgotten', async () => {
    const drawn: number[] = [];
    const recent = recentReplicates(async (index) => {
      drawn.push(index);
      return replicate;
    }, 2);
    for (const index of [0, 0, 1, 0, 2, 0, 1]) await recent(index);
    expect(drawn).toEqual([0, 1, 2, 1]);
  });

  it('draws again after a draw that failed', async () => {
    let draws = 0;
    const recent = recentReplicates(async () => {
      draws++;
      if (draws === 1) throw new Error('stopped');
      return replicate;
    });
    await expect(recent(5)).rejects.toThrow('stopped');
    expect(await recent(5)).toBe(replicate);
    expect(draws).toBe(2);
  });
});
