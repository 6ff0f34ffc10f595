import { STAGE_NAMES, STAGES, slotReadBy, slotsReadBy, TERMINAL_STAGE, WORKER_STAGES } from './stages.ts';

describe('the table of stages', () => {
  it('lists a stage after every stage whose slot it reads', () => {
    for (const [i, { reads }] of STAGES.entries()) {
      for (const read of reads) expect(STAGE_NAMES.slice(0, i)).toContain(read);
    }
  });

  it('has one terminal stage, whose slot no stage reads', () => {
    const read = new Set<string>(STAGES.flatMap(({ reads }) => [...reads]));
    expect(STAGE_NAMES.filter((name) => !read.has(name))).toEqual([TERMINAL_STAGE]);
  });

  it('gives every worker one slot to read', () => {
    for (const name of WORKER_STAGES) expect(slotsReadBy(name)).toEqual([slotReadBy(name)]);
  });
});
