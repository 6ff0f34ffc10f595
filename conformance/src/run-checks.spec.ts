import { PolicyServiceService } from '@qloom/contracts/gen/qloom/policy/v1/policy.ts';
import { connect } from '@qloom/service-kit/client/clients.ts';
import { startTestServer } from '@qloom/testing/test-server.ts';
import { CheckSkipped, listChecks, must, sharedAnswer } from './check.ts';
import { studySettings } from './policy/policy-study.ts';
import { isReachable } from './reachable.ts';
import { type CheckResult, runChecks } from './run-checks.ts';
import { rightPolicy } from './testing/policy/right-policy.ts';

async function resultsOf(checks: Parameters<typeof runChecks>[0], answers = async () => true): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for await (const result of runChecks(checks, answers)) results.push({ ...result, seconds: 0 });
  return results;
}

describe('runChecks', () => {
  it('reports the message of an error of any kind', async () => {
    const list = listChecks('x.proto');
    list.promise('holds', async () => {});
    list.promise('fails', async () => must(false, 'it is 3', '4'));
    list.promise('is skipped', async () => {
      throw new CheckSkipped('it need not');
    });
    list.promise('ends with a status', async () => {
      throw Object.assign(new Error('3 INVALID_ARGUMENT: seed'), { code: 3, details: 'seed' });
    });
    const source = 'x.proto';
    expect(await resultsOf(list.checks)).toEqual([
      { name: 'holds', source, outcome: 'ok', seconds: 0 },
      { name: 'fails', source, outcome: 'failed', seconds: 0, wrong: 'it is 3', right: '4' },
      { name: 'is skipped', source, outcome: 'skipped', seconds: 0, reason: 'it need not' },
      {
        name: 'ends with a status',
        source,
        outcome: 'failed',
        seconds: 0,
        wrong: 'the call ended as INVALID_ARGUMENT: seed',
        right: 'a call that ends as OK',
      },
    ]);
  });

  it('requests a shared answer once, and reports its failure once', async () => {
    let asked = 0;
    const shared = sharedAnswer('the model', async () => must(asked++ < 0, 'no model', 'a model'));
    const list = listChecks('x.proto');
    list.promise('first', shared);
    list.promise('second', shared);
    const [first, second] = await resultsOf(list.checks);
    expect(first).toMatchObject({ outcome: 'failed', seconds: 0, wrong: 'no model' });
    expect(second).toMatchObject({ outcome: 'skipped', seconds: 0, reason: 'needs the model, which failed above' });
    expect(asked).toBe(1);
  });

  it('reports that the service has ended, and skips the rest', async () => {
    const server = await startTestServer(rightPolicy());
    const policy = connect(PolicyServiceService, server.target);
    const ask = async () => {
      await policy.propose({
        settings: studySettings({}),
        state: Buffer.alloc(0),
        batch: 0,
        firstEpisode: 0,
        count: 1,
      });
    };
    const list = listChecks('x.proto');
    list.promise('it answers', ask);
    list.promise('it dies', async () => {
      await server.stop();
      await ask();
    });
    list.promise('it answers again', ask);
    const results = await resultsOf(list.checks, () => isReachable(server.target, 200));
    policy.close();
    expect(results.map(({ outcome }) => outcome)).toEqual(['ok', 'failed', 'skipped']);
    expect(results[1].wrong).toMatch(/^the call ended as UNAVAILABLE: .*; nothing answers any more/);
    expect(results[2].reason).toBe('nothing answers any more since "it dies"');
  });
});
