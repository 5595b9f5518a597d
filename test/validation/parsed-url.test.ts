import { describe, expect, it } from '@jest/globals';
import { parsedUrl } from '#libs/validation/parsed-url.js';

describe('parsedUrl', () => {
  it('reads names beyond ASCII, also after Node has optimised the call', () => {
    for (let call = 0; call < 20_000; call++) {
      if (parsedUrl('https://münchen.example/ü')?.href !== 'https://xn--mnchen-3ya.example/%C3%BC') {
        throw new Error(`call ${call} went wrong`);
      }
    }
    expect(parsedUrl('/ü', 'https://münchen.example')?.hostname).toBe('xn--mnchen-3ya.example');
  });

  it('is undefined for what is no URL', () => {
    for (const text of ['', 'münchen.example', '/path', 'http://', 'http://a b']) {
      expect(parsedUrl(text)).toBeUndefined();
    }
    expect(parsedUrl('http://[', 'https://example.com')).toBeUndefined();
  });
});
