import { createSignalBoard } from './signal-board.ts';

describe('a signal board', () => {
  it('finds what was posted before it was asked, and what is posted after', async () => {
    const board = createSignalBoard<number>();
    board.post(1);
    const later = board.find((item) => item > 1);
    await expect(board.find((item) => item === 1)).resolves.toBe(1);
    board.post(2);
    await expect(later).resolves.toBe(2);
    expect(board.all).toEqual([1, 2]);
  });

  it('waits for a number of items', async () => {
    const board = createSignalBoard<string>();
    const two = board.atLeast(2);
    board.post('a');
    board.post('b');
    await expect(two).resolves.toEqual(['a', 'b']);
  });
});
