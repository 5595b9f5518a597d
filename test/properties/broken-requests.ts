import fc from 'fast-check';
import { ADMIN_KEY } from '../support/start-app.js';

const WELL_FORMED = [
  'GET /health HTTP/1.1\r\nHost: localhost\r\nAccept: */*\r\n\r\n',
  `GET /applications?limit=1 HTTP/1.1\r\nHost: localhost\r\nX-Admin-Key: ${ADMIN_KEY}\r\n\r\n`,
  'POST /applications HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}',
  'PUT /applications/orders HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n',
  'DELETE /applications/orders HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n',
];

const DISTURBANCES = [
  ...[
    '\r\n',
    '\n',
    '\r',
    '\0',
    ' ',
    '\t',
    ':',
    '%',
    '\xff',
    'HTTP/1.1',
    'HTTP/2.0',
    '\r\n\r\n',
    'Host: a\r\nHost: b\r\n',
  ],
  ...[
    'Content-Length: 5\r\n',
    'Content-Length: -1\r\n',
    'Content-Length: 99999999999999999999\r\n',
    'Transfer-Encoding: chunked\r\n',
  ],
  ...[
    'Transfer-Encoding: gzip, chunked\r\n',
    'Connection: upgrade\r\nUpgrade: h2c\r\n',
    'Expect: a-miracle\r\n',
    'ffffffffffffffff\r\n',
  ],
  ...[
    `X-Long: ${'a'.repeat(20_000)}\r\n`,
    'a'.repeat(20_000),
    'CONNECT localhost:1 HTTP/1.1\r\n',
    'OPTIONS * HTTP/1.1\r\n',
  ],
];

/** Well-formed HTTP/1.1 with some of it cut out or something put in, and bytes that never were HTTP. */
export function brokenRequests(): fc.Arbitrary<Uint8Array> {
  const disturbance = fc.tuple(
    fc.nat(),
    fc.nat({ max: 3 }),
    fc.oneof(fc.constant(''), fc.constantFrom(...DISTURBANCES)),
  );
  const disturbed = fc
    .tuple(fc.constantFrom(...WELL_FORMED), fc.array(disturbance, { minLength: 1, maxLength: 4 }))
    .map(([request, disturbances]) =>
      Buffer.from(
        disturbances.reduce((text, [where, length, inserted]) => {
          const at = where % (text.length + 1);
          return text.slice(0, at) + inserted + text.slice(at + length);
        }, request),
        'latin1',
      ),
    );
  return fc.oneof(
    { weight: 9, arbitrary: disturbed },
    { weight: 1, arbitrary: fc.uint8Array({ minLength: 1, maxLength: 200 }) },
  );
}
