import { createJetStreamNames } from './jetstream-subjects.ts';

describe('the subjects of the log', () => {
  const { keyOf, subjectOf } = createJetStreamNames();

  it('name every key, and give it back', () => {
    const keys = [
      { study: 's', episode: 3, slot: 'fit' },
      { study: 's', slot: 'unit-draw-0-lda' },
    ] as const;
    for (const key of keys) expect(keyOf(subjectOf(key))).toEqual(key);
  });

  it('give the key of a slot that only a later version knows', () => {
    expect(keyOf('qloom.v1.ep.s.3.review')).toEqual({ study: 's', episode: 3, slot: 'review' });
  });

  it.each(['qloom.v2.ep.s.3.fit', 'qloom.v1.ep.s.3', 'qloom.v1.st.s', 'qloom.v1.st.s.a.b', 'qloom.v1.other.s.3.fit'])(
    'are refused where they belong to another namespace or have another form: %s',
    (subject) => expect(() => keyOf(subject)).toThrow(`${subject} is not a subject of qloom.v1`),
  );
});
