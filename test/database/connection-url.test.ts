import { parseConnectionUrl, withoutTls } from '#libs/database/connection-url.js';
import { describe, expect, it } from '../support/jest.js';

describe('a connection URL', () => {
  it('says where to connect, as whom, and how', () => {
    expect(
      parseConnectionUrl(
        'postgresql://reg%40istry:pa%2Fss@db.example.com:5433/the%20registry?application_name=orders' +
          '&options=-c%20search_path%3Dregistry&connect_timeout=7&sslmode=disable',
      ),
    ).toMatchObject({
      host: 'db.example.com',
      port: 5433,
      user: 'reg@istry',
      password: 'pa/ss',
      database: 'the registry',
      application_name: 'orders',
      options: '-c search_path=registry',
      connectionTimeoutMillis: 7000,
      ssl: false,
    });
  });

  it.each([
    ['postgresql://localhost/db?host=/run/postgresql', '/run/postgresql', undefined],
    ['postgresql://u@localhost/db?host=/run/postgresql&port=5433', '/run/postgresql', 5433],
    ['postgresql://u@%2Frun%2Fpostgresql/db', '/run/postgresql', undefined],
    ['postgresql:///db?host=db.example.com&user=u', 'db.example.com', undefined],
    ['postgresql://u@[::1]:5433/db', '::1', 5433],
    ['postgresql:///db', undefined, undefined],
  ])('%s leads to %s', (url, host, port) => {
    expect(parseConnectionUrl(url)).toMatchObject({ host, port, database: 'db' });
  });

  it.each([
    ['', undefined, false],
    ['sslmode=disable', false, false],
    ['sslmode=prefer', { rejectUnauthorized: false }, true],
    ['sslmode=require', { rejectUnauthorized: false }, false],
    ['sslmode=no-verify', { rejectUnauthorized: false }, false],
    ['sslmode=verify-full', { rejectUnauthorized: true }, false],
    ['sslmode=verify-full&sslrootcert=system', { rejectUnauthorized: true }, false],
    ['ssl=true', { rejectUnauthorized: true }, false],
    ['ssl=false', false, false],
    ['ssl=require', { rejectUnauthorized: false }, false],
  ])('with ?%s asks for TLS as libpq does', (query, ssl, tlsOptional) => {
    const parsed = parseConnectionUrl(`postgresql://u@db/registry?${query}`);
    const { rejectUnauthorized } = (parsed.ssl === false ? {} : (parsed.ssl ?? {})) as {
      rejectUnauthorized?: boolean;
    };
    expect(typeof parsed.ssl === 'object' ? { rejectUnauthorized } : parsed.ssl).toEqual(ssl);
    expect(parsed.tlsOptional).toBe(tlsOptional);
  });

  it('can be had without TLS', () => {
    const url = withoutTls(
      'postgresql://u:p@db/registry?sslmode=prefer&sslrootcert=/ca.pem&options=-c%20a%3Db',
    );
    expect(parseConnectionUrl(url)).toMatchObject({ ssl: false, password: 'p', options: '-c a=b' });
  });
});
