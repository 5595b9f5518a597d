import fc from 'fast-check';
import { EgressPolicy, type EgressSettings } from '#libs/egress/egress-policy.js';
import { FORBIDDEN_URLS } from '../../support/forbidden-urls.js';
import { describe, expect, it } from '../../support/jest.js';

const policy = (settings: Partial<EgressSettings> = {}): EgressPolicy =>
  new EgressPolicy({ allow: [], deny: [], loopbackClosed: false, ...settings });

const BY_DEFAULT = policy();
const ALLOWING_EVERYTHING = policy({ allow: ['0.0.0.0/0', '::/0', '*.internal', '*.goog', '*.test'] });

describe('what is always forbidden', () => {
  it.each(FORBIDDEN_URLS)('holds for %s (%s)', (url, why) => {
    const refusal = BY_DEFAULT.refusalOfUrl(url);
    expect(refusal).toContain(why);
    expect(refusal).not.toContain('\n');
  });

  it.each(FORBIDDEN_URLS)('cannot be allowed: %s', (url, why) => {
    expect(ALLOWING_EVERYTHING.refusalOfUrl(url)).toContain(why);
  });

  it('holds for an answer of the DNS, wherever in the answer it stands', () => {
    for (const settings of [{}, { allow: ['rebinding.test'] }, { allow: ['0.0.0.0/0', '::/0'] }]) {
      const judge = policy(settings);
      for (const address of [
        '169.254.169.254',
        '::ffff:169.254.169.254',
        'fe80::1%lo',
        'fe80::1%br-lan',
        'fd00:ec2::254',
        '0.0.0.0',
      ]) {
        for (const addresses of [[address], ['10.0.0.1', address], [address, '10.0.0.1', '::1']]) {
          expect(judge.refusalOfAnswer('rebinding.test', addresses)).toMatch(
            `rebinding.test resolves to ${address}, which is refused: it is`,
          );
        }
      }
    }
  });

  it('holds for what a resolver makes up', () => {
    for (const address of ['', 'localhost', '127.1', '0x7f000001', '10.0.0.1:80', '[::1]']) {
      expect(BY_DEFAULT.refusalOfAnswer('odd.test', [address])).toContain('which is not an address');
    }
  });
});

describe('any disguise of a forbidden IPv4 address', () => {
  const forbiddenV4 = fc.oneof(
    fc.tuple(fc.constantFrom(169), fc.constant(254), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.integer({ min: 224, max: 255 }), fc.nat(255), fc.nat(255), fc.nat(255)),
    fc.tuple(fc.constant(0), fc.nat(255), fc.nat(255), fc.nat(255)),
    fc.constantFrom([100, 100, 100, 200], [192, 0, 0, 192], [168, 63, 129, 16], [255, 255, 255, 255]),
  );
  /** A number as inet_aton reads it. */
  const written = (value: number): fc.Arbitrary<string> =>
    fc
      .tuple(fc.constantFrom('decimal', 'octal', 'hexadecimal', 'HEXADECIMAL'), fc.nat(4))
      .map(([notation, zeros]) => {
        const padding = '0'.repeat(zeros);
        if (notation === 'decimal') return String(value);
        if (notation === 'octal') return `0${padding}${value.toString(8)}`;
        const digits = `${padding}${value.toString(16)}`;
        return notation === 'hexadecimal' ? `0x${digits}` : `0X${digits.toUpperCase()}`;
      });
  const inetAton = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): fc.Arbitrary<string> =>
    fc
      .constantFrom(
        [a, b, c, d],
        [a, b, c * 256 + d],
        [a, b * 65_536 + c * 256 + d],
        [a * 16_777_216 + b * 65_536 + c * 256 + d],
      )
      .chain((parts) => fc.tuple(...parts.map(written)))
      .chain((parts) => fc.constantFrom('.', '。', '．', '｡', '%2e').map((dot) => parts.join(dot)))
      .chain((host) => fc.constantFrom(host, `${host}.`, wide(host), percentEncoded(host)));
  const inIPv6 = ([a = 0, b = 0, c = 0, d = 0]: readonly number[]): fc.Arbitrary<string> => {
    const [high, low] = [hex(a * 256 + b), hex(c * 256 + d)];
    const [notHigh, notLow] = [hex(0xffff - (a * 256 + b)), hex(0xffff - (c * 256 + d))];
    return fc
      .constantFrom(
        `::ffff:${a}.${b}.${c}.${d}`,
        `::ffff:${high}:${low}`,
        `0:0:0:0:0:FFFF:${high}:${low}`,
        `::${high}:${low}`,
        `::ffff:0:${high}:${low}`,
        `2002:${high}:${low}::1`,
        `2002:${high}:${low}:ffff:ffff:ffff:ffff:ffff`,
        `64:ff9b::${high}:${low}`,
        `64:ff9b::${a}.${b}.${c}.${d}`,
        `64:ff9b:1::${high}:${low}`,
        `64:ff9b:1:${high}:${hex(c)}:${hex(d * 256)}::`,
        `2001:0:808:808:0:0:${notHigh}:${notLow}`,
        `2001:0:${high}:${low}::1`,
        `fe80::5efe:${high}:${low}`,
        `2600::200:5efe:${high}:${low}`,
      )
      .map((address) => `[${address}]`);
  };
  const disguised = forbiddenV4.chain((octets) => fc.oneof(inetAton(octets), inIPv6(octets)));
  const url = fc
    .tuple(disguised, fc.constantFrom('http://', 'https://', 'HTTP://'), fc.constantFrom('', ':80', ':8080'))
    .map(([host, scheme, port]) => `${scheme}${host}${port}/latest/meta-data/`);

  it('is refused, whatever is allowed', () => {
    fc.assert(
      fc.property(url, (disguise) => {
        expect(BY_DEFAULT.refusalOfUrl(disguise)).toEqual(expect.stringContaining('is refused: it is'));
        expect(ALLOWING_EVERYTHING.refusalOfUrl(disguise)).toEqual(
          expect.stringContaining('is refused: it is'),
        );
      }),
      { numRuns: 3000 },
    );
  });
});

describe('by default', () => {
  it.each([
    'http://127.0.0.1/health',
    'http://127.1:8080/',
    'http://127.255.255.254/',
    'http://localhost:8080/health',
    'http://api.localhost/',
    'http://[::1]:8081/',
    'http://10.0.0.1/',
    'http://0x0a000001/',
    'http://172.16.0.1/',
    'http://172.31.255.254/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://198.18.0.1/',
    'http://[fc00::1]/',
    'http://[fd12:3456:789a::1]/',
    'http://[::ffff:10.0.0.1]/',
    'http://[64:ff9b::8.8.8.8]/',
    'http://8.8.8.8/',
    'https://1.1.1.1/',
    'http://169.253.255.255/',
    'http://169.255.0.0/',
    'http://223.255.255.255/',
    'http://[2606:4700::1111]/',
    'http://[2001:4860:4860::8888]/',
    'https://api.example.com/health?deep=1',
    'https://münchen.example/',
    'HTTPS://API.EXAMPLE.COM:8443',
    'http://orders:8080/',
    'http://orders.default.svc.cluster.local./',
    'http://metadata.example.com/',
    'http://169.254.169.254.nip.io/',
    'http://my_service/',
  ])('%s may be asked', (url) => {
    expect(BY_DEFAULT.refusalOfUrl(url)).toBeUndefined();
  });

  it('names may resolve to private, loopback and public addresses', () => {
    const addresses = [
      '127.0.0.1',
      '::1',
      '10.1.2.3',
      '192.168.0.9',
      'fd00::7',
      '9.9.9.9',
      '::ffff:10.0.0.1',
    ];
    expect(BY_DEFAULT.refusalOfAnswer('orders.test', addresses)).toBeUndefined();
  });
});

describe('EGRESS_DENY', () => {
  const judge = policy({
    deny: [
      '10.0.0.0/8',
      '127.0.0.0/8',
      '192.168.1.1',
      'fd00::/8',
      'Secret.Example',
      '*.corp.example',
      'bücher.example',
    ],
  });

  it.each([
    ['http://10.255.0.1/', '10.255.0.1 is refused: EGRESS_DENY lists 10.0.0.0/8'],
    ['http://0xa000001/', '10.0.0.1 is refused: EGRESS_DENY lists 10.0.0.0/8'],
    ['http://[::ffff:10.0.0.1]/', '[::ffff:a00:1] is refused: EGRESS_DENY lists 10.0.0.0/8'],
    ['http://[64:ff9b::10.0.0.1]/', '[64:ff9b::a00:1] is refused: EGRESS_DENY lists 10.0.0.0/8'],
    ['http://127.0.0.1/', '127.0.0.1 is refused: EGRESS_DENY lists 127.0.0.0/8'],
    ['http://localhost/', 'localhost is refused: EGRESS_DENY lists 127.0.0.0/8'],
    ['http://a.LOCALHOST./', 'a.localhost is refused: EGRESS_DENY lists 127.0.0.0/8'],
    ['http://192.168.1.1/', '192.168.1.1 is refused: EGRESS_DENY lists 192.168.1.1'],
    ['http://[fdff::1]/', '[fdff::1] is refused: EGRESS_DENY lists fd00::/8'],
    ['http://secret.example/', 'secret.example is refused: EGRESS_DENY lists Secret.Example'],
    ['http://SECRET.example./', 'secret.example is refused: EGRESS_DENY lists Secret.Example'],
    ['http://ｓｅｃｒｅｔ.example/', 'secret.example is refused: EGRESS_DENY lists Secret.Example'],
    ['http://s%65cret.example/', 'secret.example is refused: EGRESS_DENY lists Secret.Example'],
    ['http://a.b.corp.example/', 'a.b.corp.example is refused: EGRESS_DENY lists *.corp.example'],
    ['http://BÜCHER.example/', 'xn--bcher-kva.example is refused: EGRESS_DENY lists bücher.example'],
  ])('refuses %s', (url, refusal) => {
    expect(judge.refusalOfUrl(url)).toBe(refusal);
  });

  it.each([
    'http://11.0.0.1/',
    'http://192.168.1.2/',
    'http://[fc00::1]/',
    'http://[::1]/',
    'http://notsecret.example/',
    'http://sub.secret.example/',
    'http://corp.example/',
    'http://evilcorp.example/',
  ])('leaves %s alone', (url) => {
    expect(judge.refusalOfUrl(url)).toBeUndefined();
  });

  it('refuses a whole answer for one address', () => {
    expect(judge.refusalOfAnswer('mixed.test', ['9.9.9.9', '10.0.0.1'])).toBe(
      'mixed.test resolves to 10.0.0.1, which is refused: EGRESS_DENY lists 10.0.0.0/8',
    );
    expect(judge.refusalOfAnswer('mixed.test', ['9.9.9.9', '64:ff9b::a00:1'])).toContain('lists 10.0.0.0/8');
    expect(judge.refusalOfAnswer('mixed.test', ['9.9.9.9', '::1'])).toBeUndefined();
  });

  it('reads an IPv4 range in the notation of IPv6', () => {
    const mapped = policy({ deny: ['::ffff:10.0.0.0/104'] });
    expect(mapped.refusalOfUrl('http://10.200.0.1/')).toContain('EGRESS_DENY lists ::ffff:10.0.0.0/104');
    expect(mapped.refusalOfUrl('http://11.0.0.1/')).toBeUndefined();
  });
});

describe('EGRESS_ALLOW', () => {
  const judge = policy({
    allow: ['10.0.0.0/8', 'fd00::/8', 'orders', '*.example.com'],
    deny: ['10.9.0.0/16', 'x.example.com'],
  });

  it.each([
    ['http://11.0.0.1/', '11.0.0.1 is refused: EGRESS_ALLOW does not list it'],
    ['http://127.0.0.1/', '127.0.0.1 is refused: EGRESS_ALLOW does not list it'],
    ['http://localhost/', 'localhost is refused: EGRESS_ALLOW does not list it'],
    ['http://[::1]/', '[::1] is refused: EGRESS_ALLOW does not list it'],
    ['http://[64:ff9b::8.8.8.8]/', '[64:ff9b::808:808] is refused: EGRESS_ALLOW does not list it'],
    ['http://10.9.1.1/', '10.9.1.1 is refused: EGRESS_DENY lists 10.9.0.0/16'],
    ['http://x.example.com/', 'x.example.com is refused: EGRESS_DENY lists x.example.com'],
    ['http://169.254.169.254/', '169.254.169.254 is refused: it is a link-local address'],
  ])('and EGRESS_DENY refuse %s', (url, refusal) => {
    expect(judge.refusalOfUrl(url)).toContain(refusal);
  });

  it.each([
    'http://10.1.1.1/',
    'http://[::ffff:10.1.1.1]/',
    'http://[64:ff9b::10.1.1.1]/',
    'http://[fd00::1]/',
    'http://ORDERS:8080/',
    'http://a.b.example.com/',
    // Its addresses may be on the list: the DNS tells.
    'http://example.com/',
    'http://elsewhere.test/',
  ])('lets %s pass', (url) => {
    expect(judge.refusalOfUrl(url)).toBeUndefined();
  });

  it('of names alone refuses other names at once', () => {
    const names = policy({ allow: ['*.example.com', 'localhost'] });
    expect(names.refusalOfUrl('http://example.com/')).toBe(
      'example.com is refused: EGRESS_ALLOW does not list it',
    );
    expect(names.refusalOfUrl('http://evil-example.com/')).toContain('does not list it');
    expect(names.refusalOfUrl('http://10.0.0.1/')).toContain('does not list it');
    expect(names.refusalOfUrl('http://api.example.com./')).toBeUndefined();
    expect(names.refusalOfUrl('http://localhost:8080/')).toBeUndefined();
  });

  it('judges answers by name or by every address', () => {
    expect(judge.refusalOfAnswer('orders', ['192.168.3.3'])).toBeUndefined();
    expect(judge.refusalOfAnswer('Api.Example.COM.', ['192.168.3.3', '9.9.9.9'])).toBeUndefined();
    expect(judge.refusalOfAnswer('elsewhere.test', ['10.1.1.1', 'fd00::5'])).toBeUndefined();
    expect(judge.refusalOfAnswer('elsewhere.test', ['10.1.1.1', '192.168.3.3'])).toBe(
      'elsewhere.test resolves to 192.168.3.3, which is refused: EGRESS_ALLOW does not list it',
    );
    // Denied and always forbidden addresses stay so behind an allowed name.
    expect(judge.refusalOfAnswer('orders', ['10.9.0.1'])).toContain('EGRESS_DENY lists 10.9.0.0/16');
    expect(judge.refusalOfAnswer('orders', ['169.254.169.254'])).toContain('it is a link-local address');
  });
});

describe('loopback, where it is closed', () => {
  const closed = (settings: Partial<EgressSettings> = {}): EgressPolicy =>
    policy({ loopbackClosed: true, ...settings });
  const why = /it is a loopback address, which in production EGRESS_ALLOW has to list/;

  const OF_LOOPBACK = [
    'http://127.0.0.1/',
    'http://127.255.255.254:8080/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://[::1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[64:ff9b::127.0.0.1]/',
    'http://localhost/',
    'http://LOCALHOST.:8080/',
    'http://a.localhost/',
  ];

  it.each(OF_LOOPBACK)('refuses %s, saying how to open it', (url) => {
    expect(closed().refusalOfUrl(url)).toMatch(why);
    // What lists everything does not mean the machine itself.
    expect(closed({ allow: ['0.0.0.0/0', '::/0', '*.test', '*.localhost'] }).refusalOfUrl(url)).toMatch(why);
  });

  it.each(['127.0.0.1', '127.8.8.8', '::1', '::ffff:127.0.0.1', '64:ff9b::7f00:1'])(
    'refuses a name that resolves to %s, wherever in the answer it stands',
    (address) => {
      for (const addresses of [[address], ['10.0.0.1', address], [address, '10.0.0.1']]) {
        expect(closed().refusalOfAnswer('inward.test', addresses)).toMatch(why);
        expect(closed({ allow: ['*.test'] }).refusalOfAnswer('inward.test', addresses)).toMatch(why);
      }
    },
  );

  it('leaves other addresses alone', () => {
    for (const host of ['10.0.0.1', '192.168.1.1', '[fd00::1]', '126.255.255.255', '128.0.0.1', 'orders']) {
      expect(closed().refusalOfUrl(`http://${host}/`)).toBeUndefined();
    }
    expect(closed().refusalOfAnswer('orders', ['10.0.0.1', 'fd00::1'])).toBeUndefined();
  });

  it('is opened by ranges of it and by names', () => {
    const ranges = closed({ allow: ['127.0.0.0/8', '::1', '10.0.0.0/8'] });
    for (const url of OF_LOOPBACK) expect(ranges.refusalOfUrl(url)).toBeUndefined();
    expect(ranges.refusalOfAnswer('inward.test', ['127.0.0.1', '::1'])).toBeUndefined();

    const one = closed({ allow: ['127.0.0.1', '0.0.0.0/0'] });
    expect(one.refusalOfUrl('http://127.0.0.1/')).toBeUndefined();
    expect(one.refusalOfUrl('http://127.0.0.2/')).toMatch(why);

    const names = closed({ allow: ['localhost', 'inward.test'] });
    expect(names.refusalOfUrl('http://localhost:8080/')).toBeUndefined();
    expect(names.refusalOfAnswer('localhost', ['::1', '127.0.0.1'])).toBeUndefined();
    expect(names.refusalOfAnswer('inward.test', ['127.0.0.1'])).toBeUndefined();
    expect(names.refusalOfUrl('http://127.0.0.1/')).toContain('EGRESS_ALLOW does not list it');
  });

  it('stays closed where EGRESS_DENY lists it', () => {
    const judge = closed({ allow: ['127.0.0.0/8'], deny: ['127.0.0.0/8'] });
    expect(judge.refusalOfUrl('http://127.0.0.1/')).toContain('EGRESS_DENY lists 127.0.0.0/8');
  });
});

function hex(value: number): string {
  return value.toString(16);
}

/** In the full-width forms that IDNA maps to ASCII. */
function wide(text: string): string {
  return text.replaceAll(/(?<!%.?)[0-9a-zA-Z]/g, (each) => String.fromCharCode(each.charCodeAt(0) + 0xfee0));
}

function percentEncoded(text: string): string {
  return text.replace(/(?<!%.?)[0-9]/, (each) => `%${each.charCodeAt(0).toString(16)}`);
}
