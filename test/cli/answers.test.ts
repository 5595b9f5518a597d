import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { RequestListener } from 'node:http';
import { CLI_MAIN, CommandLine, failed, misused, succeeded } from '../support/command-line.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin } from '../support/loopback-origin.js';

const KEY = 'secret-admin-key';
const ADVICE = 'not as a registry does: is --url right, its base path included?';

const problem = (status: number, fields: object, headers: Record<string, string> = {}): RequestListener => {
  return (_request, response) => {
    response.writeHead(status, { 'Content-Type': 'application/problem+json', ...headers });
    response.end(JSON.stringify(fields));
  };
};
const text = (status: number, type: string, body: string): RequestListener => {
  return (request, response) => {
    response.writeHead(status, { 'Content-Type': type });
    response.end(`${body} ${request.headers['x-admin-key']?.toString() ?? ''}`);
  };
};

/** An application that was changed between every read and the next deletion with `If-Match`. */
const changed = (etag: string, conditions: (string | undefined)[]): RequestListener => {
  return (request, response) => {
    if (request.method === 'GET') {
      response.writeHead(200, { 'Content-Type': 'application/json', ETag: etag });
      response.end('{"appKey":"orders","environments":[]}');
      return;
    }
    const condition = request.headers['if-match'];
    conditions.push(condition);
    if (condition === undefined) response.writeHead(204).end();
    else problem(412, { title: 'Precondition failed', detail: 'Read it again.' })(request, response);
  };
};

describe('what the command line makes of answers', () => {
  let hangs: () => void = () => undefined;
  const hung = new Promise<void>((resolve) => (hangs = resolve));
  let asked = 0;
  let rows = 0;
  const conditions: (string | undefined)[] = [];
  let origin: LoopbackOrigin;
  let at: (path: string) => CommandLine;

  beforeAll(async () => {
    const answers: Readonly<Record<string, RequestListener>> = {
      '/changed/applications/orders': changed('"tag"', conditions),
      '/weakened/applications/orders': changed('W/"tag"', conditions),
      '/page/applications': text(200, 'text/html', '<html>'),
      '/missing/applications': text(404, 'text/html; charset=utf-8', '<html>'),
      '/json/applications': text(500, 'application/json', '{"error": "no problem document"}'),
      '/broken/applications': text(200, 'application/json', '[{'),
      '/untyped/applications': (_request, response) => response.end('hello'),
      '/cut/applications': (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': '1000' });
        response.write('[', () => response.destroy());
      },
      '/moved/applications': (_request, response) => {
        response.writeHead(308, { Location: '/elsewhere/applications' }).end();
      },
      '/patient/applications': (request, response) => {
        asked += 1;
        if (asked === 1)
          problem(429, { title: 'Too many requests' }, { 'Retry-After': '0' })(request, response);
        else response.writeHead(200, { 'Content-Type': 'application/json' }).end('[]');
      },
      '/refusing/applications': problem(429, { title: 'Too many requests' }, { 'Retry-After': '0' }),
      '/later/applications': problem(
        429,
        { title: 'Too many requests', detail: 'Allowed are 5 requests in 600 s. Try again in 599 s.' },
        { 'Retry-After': '599' },
      ),
      '/busy/applications': problem(
        503,
        { title: 'Database unavailable', detail: 'Nothing was changed.', requestId: 'r-1' },
        { 'Retry-After': '5' },
      ),
      '/hanging/applications': () => {
        hangs();
      },
      '/hostile/applications': (_request, response) => {
        response.writeHead(200, {
          'Content-Type': 'application/json',
          // Another host, and a path that is not where we are: only the query is followed.
          ...(rows++ === 0 && { Link: '<http://192.0.2.1/applications?cursor=2>; rel="next"' }),
        });
        response.end(
          JSON.stringify([{ appKey: 'a\u001b[31m\nb', name: 'x', status: 's', healthStatus: 'h' }]),
        );
      },
      '/long/applications': (_request, response) => {
        response.writeHead(200, { 'Content-Type': 'application/json' });
        response.end(JSON.stringify(Array.from({ length: 500 }, () => ({ text: 'x'.repeat(1000) }))));
      },
    };
    // By the path alone: every list is asked for with a limit.
    origin = await startOrigin((request, response) => {
      answers[(request.url ?? '').replace(/\?.*/, '')]?.(request, response);
    });
    at = (path) =>
      new CommandLine({ env: { MCP_REGISTRY_URL: `${origin.url}${path}`, MCP_REGISTRY_ADMIN_KEY: KEY } });
  });
  afterAll(() => origin.close());

  it('deletes what it has shown, and no other state of it', async () => {
    const remove = 'apps delete orders --yes';
    expect(await at('/changed').run(remove)).toEqual(
      failed('What was shown has changed meanwhile: look again.'),
    );
    // A proxy that compresses makes the tag a weak one, which the registry would never accept.
    expect((await at('/weakened').run(remove)).code).toBe(0);
    expect(conditions).toEqual(['"tag"', undefined]);
  });

  it('says in one line who has answered and how, and never what was sent', async () => {
    const list = (path: string) => at(path).run('apps list');
    const [page, missing, json, broken, untyped, cut] = await Promise.all(
      ['/page', '/missing', '/json', '/broken', '/untyped', '/cut'].map(list),
    );
    expect(page).toEqual(
      failed(`${origin.url}/page/applications?limit=500 answered 200 with text/html, ${ADVICE}`),
    );
    expect(missing).toEqual(
      failed(`${origin.url}/missing/applications?limit=500 answered 404 with text/html, ${ADVICE}`),
    );
    expect(json).toEqual(
      failed(`${origin.url}/json/applications?limit=500 answered 500 with application/json, ${ADVICE}`),
    );
    expect(broken).toEqual(
      failed(`${origin.url}/broken/applications?limit=500 answered 200 with application/json, ${ADVICE}`),
    );
    expect(untyped).toEqual(
      failed(`${origin.url}/untyped/applications?limit=500 answered 200 with no content type, ${ADVICE}`),
    );
    expect(cut).toEqual(
      failed(`${origin.url}/cut/applications?limit=500: the connection broke before the answer was complete`),
    );
  });

  it('sends keys nowhere but to the URL that was named', async () => {
    const [moved, refused, unknown, hostile] = await Promise.all([
      at('/moved').run('apps list'),
      at('')
        .with({ env: { MCP_REGISTRY_URL: 'http://127.0.0.2:4' } })
        .run('apps list'),
      at('').run('apps list --url http://registry.invalid'),
      at('/hostile/').run('apps list'),
    ]);
    expect(moved).toEqual(
      failed(
        `${origin.url}/moved/applications?limit=500 redirects to ${origin.url}/elsewhere/applications: ` +
          'keys are sent nowhere else than to --url, so name the registry itself there.',
      ),
    );
    expect(refused).toMatchObject({ code: 1, stdout: '' });
    expect(refused.stderr).toMatch(
      /^http:\/\/127\.0\.0\.2:4 cannot be reached: connect ECONNREFUSED 127\.0\.0\.2:4\n$/,
    );
    expect(unknown.stderr).toMatch(/^http:\/\/registry\.invalid cannot be reached: .+\n$/);
    // Control characters of names do not reach the terminal either.
    const row = 'a [31m b  x     s       h';
    expect(hostile).toEqual(succeeded('APP KEY   NAME  STATUS  HEALTH', row, row));
  });

  it('waits once when it is asked to, and tells when to try again', async () => {
    const waiting = 'Too many requests: waiting 0 s, as the registry asks for.';
    const [patient, refusing, later, busy] = await Promise.all([
      at('/patient').run('apps list --json'),
      at('/refusing').run('apps list'),
      at('/later').run('apps list'),
      at('/busy').run('apps list'),
    ]);
    expect(patient).toEqual({ code: 0, stdout: '[]\n', stderr: `${waiting}\n` });
    expect(refusing).toEqual(failed(waiting, 'Too many requests: Try again in 0 s.'));
    expect(later).toEqual(failed('Too many requests: Allowed are 5 requests in 600 s. Try again in 599 s.'));
    expect(busy).toEqual(
      failed('Database unavailable: Nothing was changed. Try again in 5 s. (request r-1)'),
    );
  });

  it('takes URLs as they are meant', async () => {
    const [password, query, file, path, slashes] = await Promise.all([
      at('').run('apps list --url http://me:hush@example.com'),
      at('').run('apps list --url http://example.com/?a=b'),
      at('').run('apps list --url file:///etc/passwd'),
      at('').run('apps list --url https:/example.com'),
      at('/later///').run('apps list'),
    ]);
    expect(password).toEqual(misused('--url (hidden) must not carry user information'));
    const rule = 'is not an http(s) URL such as https://registry.example.com';
    expect(query).toEqual(misused(`--url: "http://example.com/?a=b" ${rule}`));
    expect(file).toEqual(misused(`--url: "file:///etc/passwd" ${rule}`));
    expect(path).toEqual(misused(`--url: "https:/example.com" ${rule}`));
    expect(slashes.stderr).toMatch(/^Too many requests/);
  });

  it('exits silently when it is interrupted, or its output is closed', async () => {
    const env = {
      PATH: process.env.PATH,
      MCP_REGISTRY_URL: `${origin.url}/hanging`,
      MCP_REGISTRY_ADMIN_KEY: KEY,
    };
    const hanging = spawn(process.execPath, [CLI_MAIN, 'apps', 'list'], { env });
    let said = '';
    hanging.stderr.on('data', (data: Buffer) => (said += data.toString()));
    await hung;
    hanging.kill('SIGINT');
    expect([await once(hanging, 'close'), said]).toEqual([[130, null], '']);

    const cut = spawn('sh', ['-c', `"$NODE" "$MAIN" apps list --json --url ${origin.url}/long | head -n 1`], {
      env: { ...env, NODE: process.execPath, MAIN: CLI_MAIN },
    });
    let output = '';
    for (const stream of [cut.stdout, cut.stderr])
      stream.on('data', (data: Buffer) => (output += data.toString()));
    expect([await once(cut, 'close'), output]).toEqual([[0, null], '[\n']);
  });
});
