import { status } from '@grpc/grpc-js';
import type { TellRequest } from '@qloom/contracts/gen/qloom/agent/v1/campaign.ts';
import { outcomeOf } from './read-answers.ts';
import { tellAnswers } from './tell-answers.ts';
import type { CampaignClients } from './with-campaign.ts';

describe('the token of answers', () => {
  it('is that of a command and its retries, since the same answers may be right again later', async () => {
    const requests: TellRequest[] = [];
    const campaigns = {
      async tell(request: TellRequest) {
        requests.push(request);
        if (requests.length === 1) throw Object.assign(new Error('lost'), { code: status.UNAVAILABLE });
        return { changed: 1, campaign: undefined };
      },
    };
    const clients = { campaigns, signal: new AbortController().signal } as unknown as CampaignClients;
    const form = {
      id: 'phases',
      who: 'ann',
      answers: outcomeOf(['p3'], 'withdrawn', false),
      places: ['--withdraw p3'],
    };
    await tellAnswers(clients, form);
    await tellAnswers(clients, form);
    const [lost, retried, later] = requests.map(({ token }) => token);
    expect(retried).toBe(lost);
    expect(later).not.toBe(lost);
    expect(lost).toMatch(/^[A-Za-z0-9-]{1,64}$/);
  });
});
