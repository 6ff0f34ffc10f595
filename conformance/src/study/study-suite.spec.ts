import { failuresOf, findingOf, runSuiteOn } from '../testing/run-suite.ts';
import { type AgentLog, rightAgent } from '../testing/study/right-agent.ts';
import { WRONG_AGENTS } from '../testing/study/wrong-agents.ts';

/** Instances that share a log. */
function overOneLog() {
  const log: AgentLog = { studies: new Map(), artifacts: new Map() };
  return () => rightAgent(log);
}

describe('the checks of an agent', () => {
  it('pass a right one, and skip only limits that it does not advertise', async () => {
    const results = await runSuiteOn('study', overOneLog());
    expect(failuresOf(results)).toEqual([]);
    for (const { outcome, reason } of results) if (outcome === 'skipped') expect(reason).toMatch(/no limit "features"/);
  });

  it.each(WRONG_AGENTS)('find one that $fault', async (wrong) => {
    expect(await findingOf('study', overOneLog(), wrong)).toMatch(wrong.found[1]);
  });
});
