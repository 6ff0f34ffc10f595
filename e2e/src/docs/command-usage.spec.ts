import { ROOT } from './checkout.ts';
import { createUsageCheck } from './command-usage.ts';

describe('the usage of a command', () => {
  const check = createUsageCheck(ROOT);

  it.each([
    'npx qloom run examples/quickstart.yaml --out /data --json',
    'qloom vqe -- -1*Z0',
    'qloom context use lab',
    'qloom datasets draw annni --count 12 --set spins=6',
    'npm run bench -- qnn --only qubits=4 --full',
    'npm test -- tensor',
    'kubectl apply -k deploy/k8s/overlays/trial --nonsense',
  ])('is right: %s', async (command) => {
    expect(await check(command.split(' '))).toBeUndefined();
  });

  it.each([
    ['qloom runs a.yaml', 'qloom has no command "runs"; it has run, compare, up,'],
    ['npx qloom run a.yaml --output x', 'qloom run has no option --output'],
    ['qloom datasets draw annni --number 3', 'qloom datasets draw has no option --number'],
    ['npm run benchmark -- qnn', 'package.json has no script "benchmark"; it has prestart,'],
    ['npm run bench -- qnn --fast', 'npm run bench has no option --fast'],
    ['qloom run examples/quick.yaml', 'examples/quick.yaml is not there'],
    ['kubectl apply -k deploy/k8s/overlays/try', 'deploy/k8s/overlays/try is not there'],
  ])('is wrong: %s', async (command, problem) => {
    expect(await check(command.split(' '))).toContain(problem);
  });
});
