import { runService } from '@qloom/service-kit/server/run-service.ts';

// A service with health and nothing else: what a test of the supervisor starts in place of a real one.
await runService({
  name: 'fake',
  description: 'Serves its health, for tests.',
  config: {},
  build: () => ({ services: [] }),
});
