import { JetStreamApiError, JetStreamError } from '@nats-io/jetstream';
import { errors } from '@nats-io/nats-core';
import { isOutOfReach, isUndecided, reasonOf } from './jetstream-answers.ts';

const answer = (err_code: number, code: number, description = ''): JetStreamApiError =>
  new JetStreamApiError({ code, err_code, description });
const status = (code: number): Error => Object.assign(new JetStreamError('a status'), { code });

// Codes and statuses are those of the server's errors.json.
describe('an answer of NATS', () => {
  it.each<[string, Error]>([
    ['maximum consumers limit reached', answer(10026, 400)],
    ['resource limits exceeded for account', answer(10002, 400)],
    ['maximum number of streams reached', answer(10027, 400)],
    ['no suitable peers for placement', answer(10005, 400)],
    ['insufficient resources', answer(10023, 503)],
    ['insufficient storage resources available', answer(10047, 500)],
    ['insufficient memory resources available', answer(10028, 500)],
    ['JetStream system temporarily unavailable', answer(10008, 503)],
    ['stream is offline', answer(10118, 500)],
    ['consumer is offline', answer(10119, 500)],
    ['maximum bytes exceeded', answer(10077, 503)],
    ['too many requests', answer(10167, 429)],
    ['an error of a later server', answer(19_999, 503)],
    ['request timeout, of a pull', status(408)],
    ['leadership change, of a pull', status(409)],
    ['no responders, of a pull', status(503)],
    ['heartbeats missed', new JetStreamError('heartbeats missed')],
    ['no responders', new errors.NoRespondersError('$JS.API.INFO')],
    ['no answer in time', new errors.TimeoutError()],
    ['a lost connection', new errors.ConnectionError('reset')],
    ['either of these, wrapped', new errors.RequestError('x', { cause: new errors.TimeoutError() })],
  ])('is retryable: %s', (_, error) => {
    expect(isOutOfReach(error)).toBe(true);
  });

  it.each<[string, Error]>([
    ['stream not found', answer(10059, 404)],
    ['consumer already exists', answer(10148, 400)],
    ['bad request', answer(10003, 400)],
    ['replicas > 1 not supported in non-clustered mode', answer(10074, 500)],
    ['JetStream not enabled', answer(10076, 503)],
    ['bad request, of a pull', status(400)],
    ['a bug of ours', new TypeError('undefined is not a function')],
  ])('is not retryable: %s', (_, error) => {
    expect(isOutOfReach(error)).toBe(false);
  });

  it('leaves the winner open: by either code of a wrong last sequence, and while a duplicate is stored', () => {
    expect([10071, 10158, 10164].map((code) => isUndecided(answer(code, 400)))).toEqual([true, true, true]);
    expect(isUndecided(answer(10060, 400))).toBe(false);
  });

  it('is quoted with its number', () => {
    expect(reasonOf(answer(10026, 400, 'maximum consumers limit reached'))).toBe(
      'maximum consumers limit reached (NATS error 10026)',
    );
    expect(reasonOf(new TypeError('x'))).toBe('x');
  });
});
