import { Backend } from '@qloom/contracts/gen/qloom/experiment/v1/experiment.ts';
import { styleOf } from '../terminal/style.ts';
import { renderBackends } from './backend-table.ts';

describe('the table of backends', () => {
  it.each([
    [{ unit: 'USD', perJob: 0.3, perShot: 0.00145 }, '0.3 USD/job + 0.00145 USD/shot'],
    [{ unit: 'free' }, 'free'],
    // By the gates of a circuit: no part of it is known without one.
    [{ unit: 'USD' }, 'USD, by quote'],
    [{ unit: 'credits' }, 'credits, by quote'],
  ])('has the price %j as %s', (price, shown) => {
    const backend = Backend.fromPartial({ name: 'device', provider: 'ionq', qubits: 36, online: true, price });
    expect(renderBackends([backend], styleOf({}, {}))).toMatch(new RegExp(` ${shown.replaceAll(/[+.]/g, '\\$&')} `));
  });
});
