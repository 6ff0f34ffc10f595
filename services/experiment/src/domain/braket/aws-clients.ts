import type { BraketClient } from '@aws-sdk/client-braket';
import type { S3Client } from '@aws-sdk/client-s3';

/** Where the services of AWS are, and by whose right they are called. */
export interface AwsSettings {
  readonly region: string;
  /** Address in place of AWS, for both services. */
  readonly endpoint: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The clients of one backend, and the packages that they are from. */
export interface AwsClients {
  readonly braket: BraketClient;
  readonly s3: S3Client;
  readonly commands: typeof import('@aws-sdk/client-braket') &
    Pick<typeof import('@aws-sdk/client-s3'), 'GetObjectCommand'>;
  close(): void;
}

/**
 * Loads the clients of AWS, which takes a second and memory that only this provider needs. They try nothing twice: who calls them
 * knows what may be repeated. Credentials are those of the environment that was passed in, or what the default chain finds.
 */
export async function loadAwsClients({ region, endpoint, env }: AwsSettings): Promise<AwsClients> {
  const [braketPackage, s3Package] = await Promise.all([
    import('@aws-sdk/client-braket'),
    import('@aws-sdk/client-s3'),
  ]);
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_SESSION_TOKEN: token } = env;
  const credentials =
    accessKeyId && secretAccessKey
      ? { credentials: { accessKeyId, secretAccessKey, ...(token ? { sessionToken: token } : {}) } }
      : {};
  const at = endpoint === undefined ? {} : { endpoint };
  const braket = new braketPackage.BraketClient({ region, maxAttempts: 1, ...at, ...credentials });
  const s3 = new s3Package.S3Client({
    region,
    maxAttempts: 1,
    ...at,
    ...credentials,
    forcePathStyle: endpoint !== undefined,
  });
  return {
    braket,
    s3,
    commands: { ...braketPackage, GetObjectCommand: s3Package.GetObjectCommand },
    close() {
      braket.destroy();
      s3.destroy();
    },
  };
}
