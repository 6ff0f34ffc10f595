import { randomUUID } from 'node:crypto';

/** Issues bearer tokens for API keys, as IBM's IAM does. */
export interface IamTokens {
  /** The answer of the token endpoint; undefined where the form has no valid key. */
  issue(form: URLSearchParams, nowMs: number): Readonly<Record<string, unknown>> | undefined;
  /** Whether a bearer token was issued, has not ended and was not revoked. */
  accepts(authorization: string, nowMs: number): boolean;
  /** Ends all tokens now. */
  revoke(): void;
  /** How many were issued. */
  readonly issued: number;
}

const GRANT = 'urn:ibm:params:oauth:grant-type:apikey';
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** Tokens that last `lifetime.seconds`. They are JSON web tokens, since clients read their dates; the signature is none. */
export function createIamTokens(apiKey: string, lifetime: { readonly seconds: number }): IamTokens {
  const ends = new Map<string, number>();
  let issued = 0;
  return {
    issue(form, nowMs) {
      if (form.get('grant_type') !== GRANT || form.get('apikey') !== apiKey) return undefined;
      issued++;
      const from = Math.floor(nowMs / 1000);
      const expiration = from + lifetime.seconds;
      const claims = { iam_id: 'IBMid-1', sub: 'user@example.com', iat: from, exp: expiration, jti: randomUUID() };
      const token = `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.${part('none')}`;
      ends.set(token, nowMs + 1000 * lifetime.seconds);
      return {
        access_token: token,
        refresh_token: 'not_supported',
        token_type: 'Bearer',
        expires_in: lifetime.seconds,
        expiration,
        scope: 'ibm openid',
      };
    },
    accepts(authorization, nowMs) {
      const [scheme, token = ''] = authorization.split(' ');
      return scheme === 'Bearer' && (ends.get(token) ?? 0) > nowMs;
    },
    revoke: () => ends.clear(),
    get issued() {
      return issued;
    },
  };
}
