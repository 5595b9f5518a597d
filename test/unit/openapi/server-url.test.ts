import { pathOfBaseDomain, serverOf, serverOfDocument } from '#libs/openapi/server-url.js';
import { describe, expect, it } from '../../support/jest.js';

/** More than it takes for Node to optimise a call. */
const CALLS = 20_000;

describe('hosts beyond ASCII stay readable, also after Node has optimised the calls', () => {
  const servers = [{ url: 'https://münchen.example/v1/' }];

  it.each<[string, () => unknown, unknown]>([
    [
      'serverOfDocument',
      () => serverOfDocument(servers, {}),
      { origin: 'https://xn--mnchen-3ya.example', path: '/v1', unresolved: [] },
    ],
    ['pathOfBaseDomain', () => pathOfBaseDomain('münchen.example/v1/'), '/v1'],
    ['serverOf', () => serverOf('münchen.example/v1/'), { url: 'https://xn--mnchen-3ya.example/v1' }],
  ])('in %s', (_, call, expected) => {
    const first = JSON.stringify(expected);
    for (let count = 1; count <= CALLS; count++) {
      const result = call();
      if (JSON.stringify(result) !== first) expect({ count, result }).toEqual({ count, result: expected });
    }
  });
});
