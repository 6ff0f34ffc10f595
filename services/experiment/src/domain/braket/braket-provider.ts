import type { Provider } from '../providers/provider.ts';
import { createBraketBackend } from './braket-backend.ts';

const DEVICE_ARN = /^arn:aws[a-z-]*:braket:([a-z0-9-]*)::device\/[\w-]+\/[\w-]+\/[\w.-]+$/;

/** Devices of Amazon Braket. */
export const BRAKET_PROVIDER: Provider = {
  name: 'braket',
  description: 'A device of Amazon Braket, which compiles circuits itself; results come through a bucket of S3.',
  open(name, options, { env }) {
    const deviceArn = options.text('device');
    const [, region] = DEVICE_ARN.exec(deviceArn) ?? [];
    if (region === undefined) {
      options.refuse('device', `is "${deviceArn}"; right would be arn:aws:braket:REGION::device/qpu/PROVIDER/NAME`);
    }
    return createBraketBackend({
      name,
      deviceArn,
      bucket: options.text('bucket'),
      prefix: options.text('prefix', 'qloom'),
      // Simulators have no region in their names.
      region: options.text('region', region || env['AWS_REGION'] || 'us-east-1'),
      perTask: options.number('pricePerTask', { minimum: 0, maximum: 1e6 }),
      endpoint: options.has('endpoint') ? options.text('endpoint') : undefined,
      env,
    });
  },
};
