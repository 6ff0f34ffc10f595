import fc from 'fast-check';
import { natsUrlOf, parseNatsUrl, withoutCredentials } from './nats-address.ts';
import { redactUrl, redactUrls } from './redact-url.ts';

describe('a NATS URL', () => {
  it.each<[string, object]>([
    ['nats://a:4222,b,[::1]:4223', { hosts: ['a:4222', 'b', '[::1]:4223'], isTls: false }],
    ['tls://ada:p%40ss@a', { user: 'ada', password: 'p@ss', hosts: ['a'], isTls: true }],
    ['nats://ada:@a/', { user: 'ada', password: '', hosts: ['a'], isTls: false }],
    ['nats://t0ken@a', { token: 't0ken', hosts: ['a'], isTls: false }],
    ['nats://u:p@a,nats://u:p@b:1', { user: 'u', password: 'p', hosts: ['a', 'b:1'], isTls: false }],
    ['nats://u:p@a,b', { user: 'u', password: 'p', hosts: ['a', 'b'], isTls: false }],
  ])('is parsed: %s', (url, parts) => {
    expect(parseNatsUrl(url)).toEqual(parts);
  });

  it('gives back any user, password and token that was percent-encoded, and never keeps one', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (user, password) => {
        const [u, p] = [encodeURIComponent(user), encodeURIComponent(password)];
        expect(parseNatsUrl(`nats://${u}:${p}@h:1,i`)).toEqual({ hosts: ['h:1', 'i'], isTls: false, user, password });
        expect(parseNatsUrl(`tls://${u}@h`)).toEqual({ hosts: ['h'], isTls: true, token: user });
        expect(withoutCredentials(`nats://${u}:${p}@h:1,i?namespace=x`)).toBe('nats://h:1,i?namespace=x');
      }),
    );
  });

  it.each(['nats://u:secret@h:0', 'nats://u:secret@h:65536', 'tls://u:secret@a:4222,[::1]:99999'])(
    'has a valid port: not %s',
    (url) => {
      expect(() => parseNatsUrl(url)).toThrow(/^(nats|tls):\/\/\*\*\*@\S+ has a port that is not 1 to 65535$/);
    },
  );

  it('is kept without its credentials; other URLs are unchanged', () => {
    expect(withoutCredentials('tls://u:p@a,u:p@b?replicas=3')).toBe('tls://a,b?replicas=3');
    expect(withoutCredentials('sqlite:///a@b/log.db')).toBe('sqlite:///a@b/log.db');
    expect(natsUrlOf({ hosts: ['a', 'b:1'], isTls: true })).toBe('tls://a,b:1');
  });
});

describe('redaction', () => {
  it.each([
    ['nats://u:p@h', 'nats://***@h'],
    ['nats://u:p@ss/w:rd@h', 'nats://***@h'],
    ['tls://token@h:1?x=y', 'tls://***@h:1?x=y'],
    ['u:p@h', '***@h'],
    ['http://h/a', 'http://h/a'],
  ])('hides everything before the last "@": %s', (url, shown) => {
    expect(redactUrl(url)).toBe(shown);
  });

  it('finds URLs in a text, and leaves the rest of it', () => {
    const text = 'cannot reach "nats://u:p@h:1,nats://u:p@i" (http://t@otlp/v1); write to a@b or see dns:///x';
    expect(redactUrls(text)).toBe('cannot reach "nats://***@i" (http://***@otlp/v1); write to a@b or see dns:///x');
  });

  it('accepts a text of any length and kind', () => {
    for (const part of ['x', '://', 'a://', '@', 'a://@', ' ']) {
      const long = part.repeat(500_000);
      expect(redactUrls(`a://b@ ${long}`).startsWith('a://***@')).toBe(true);
    }
  });

  it('never shows a password in a URL, whatever it holds', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[!#-&*-;=?-~]{6,30}$/), (password) => {
        expect(redactUrl(`nats://u:${password}@host`)).toBe('nats://***@host');
        expect(redactUrls(`x "nats://u:${password.replaceAll('`', '')}@host" y`)).toBe('x "nats://***@host" y');
      }),
    );
  });
});
