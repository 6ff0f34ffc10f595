import { targetProblem } from './target-problem.ts';

describe('targetProblem', () => {
  it.each([
    'unix:/tmp/generator.sock',
    'unix-abstract:generator',
    '127.0.0.1:50051',
    '[::1]:7000',
    'dns:///generator:50052',
    'tls://generator:50051',
    'tls://[::1]:50051',
    'ipv4:10.0.0.1:50051,10.0.0.2:50051',
  ])('takes %s', (target) => expect(targetProblem(target)).toBeUndefined());

  it.each([
    ['not an address', 'has a space; right would be unix:/path.sock or host:port'],
    ['http://127.0.0.1:50051', 'is a URL; right would be unix:/path.sock or host:port'],
    ['https://generator:50051', 'is a URL; right would be tls://host:port'],
    ['tls:generator:50051', 'is no address of TLS; right would be tls://host:port'],
    ['tls://dns:///generator:50051', 'is no address of TLS; right would be tls://host:port'],
    ['tls://generator', 'has no port; right would be unix:/path.sock or host:port'],
    ['generator', 'has no port; right would be unix:/path.sock or host:port'],
    ['dns:///generator', 'has no port; right would be unix:/path.sock or host:port'],
    ['generator:0', 'has port 0; right would be one from 1 to 65535'],
    ['generator:70000', 'has port 70000; right would be one from 1 to 65535'],
  ])('reports what is wrong with %s', (target, problem) => expect(targetProblem(target)).toBe(problem));
});
