import { parsedUrl } from '#libs/validation/parsed-url.js';
import { describe, expect, it } from '../../support/jest.js';

describe('parsedUrl', () => {
  it('reads names beyond ASCII, also after Node has optimised the call', () => {
    for (let call = 0; call < 20_000; call++) {
      if (parsedUrl('https://münchen.example/ü')?.href !== 'https://xn--mnchen-3ya.example/%C3%BC') {
        throw new Error(`call ${call} went wrong`);
      }
    }
    expect(parsedUrl('/ü', 'https://münchen.example')?.hostname).toBe('xn--mnchen-3ya.example');
  });

  it('reads labels of Punycode that decode to a name beyond ASCII, and no others', () => {
    for (const label of ['xn--mnchen-3ya', 'xn--fa-hia', 'xn--p1ai', 'xn--ls8h', 'ab--cd', 'xn-a']) {
      expect(parsedUrl(`https://www.${label.toUpperCase()}.example:8443/`)?.host).toBe(
        `www.${label}.example:8443`,
      );
    }
    for (const label of [
      'xn--',
      'xn--zz',
      'xn--a',
      'xn--a-ecp',
      'xn--999999999',
      'xn--abc-',
      'xn--xn---epa',
    ]) {
      expect([label, parsedUrl(`https://${label}/`)]).toEqual([label, undefined]);
      expect([label, parsedUrl(`https://www.${label}.example/`)]).toEqual([label, undefined]);
      expect([label, parsedUrl(`//${label}/`, 'https://example.com')]).toEqual([label, undefined]);
    }
  });

  it('is undefined for what is no URL', () => {
    for (const text of ['', 'münchen.example', '/path', 'http://', 'http://a b']) {
      expect(parsedUrl(text)).toBeUndefined();
    }
    expect(parsedUrl('http://[', 'https://example.com')).toBeUndefined();
  });
});
