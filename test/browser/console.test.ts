import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '../support/jest.js';
import { type LoopbackOrigin, startOrigin } from '../support/loopback-origin.js';
import { runCommand } from '../support/run-command.js';
import { ADMIN_KEY, AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];

if (!existsSync(CHROMIUM)) {
  process.stderr.write(`SKIPPED: the console in a browser, for ${CHROMIUM} is missing (set CHROMIUM)\n`);
}

/** What an operator does at /console, in a real browser. */
(existsSync(CHROMIUM) ? describe : describe.skip)('the console', () => {
  let app: TestApp;
  let origin: LoopbackOrigin;
  let browser: Browser;
  let context: BrowserContext;
  const faults: string[] = [];

  beforeAll(async () => {
    app = await startApp({ BASE_PATH: '/api/registry' });
    origin = await startOrigin({ '/up': (_, response) => response.end('up') });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    context = await browser.newContext();
  });
  afterEach(() => {
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
    await origin.close();
  });

  /** A tab that tells of every error, and of every request that leaves the registry. */
  async function open(path = '', within = context): Promise<Page> {
    const page = await within.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      // The browser reports refusals, such as the 401 to a page that asks whether it is signed in.
      const isRefusal = /status of 4\d\d/.test(message.text());
      if (message.type() === 'error' && !isRefusal) faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(app.url) && !request.url().startsWith('data:'))
        faults.push(request.url());
    });
    await page.goto(`${app.url}/console${path}`);
    return page;
  }

  async function signIn(page: Page, key: string): Promise<void> {
    await page.getByLabel('Your key').fill(key);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: 'Sign out' }).waitFor();
  }

  it('is signed in to with a key that it does not keep, and out of in every tab', async () => {
    const page = await open();
    await page.getByLabel('Your key').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This key is not known.').waitFor();
    await page.getByLabel('Your key').fill(ADMIN_KEY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'No environment is registered yet' }).waitFor();
    await page.reload();
    await page.getByText('REGISTRY_ADMIN_KEY').waitFor();
    const kept = await page.evaluate<string>('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
    expect(kept).not.toContain(ADMIN_KEY);
    const other = await open('/absent');
    await other.getByRole('heading', { name: 'No such page' }).waitFor();
    await other.getByRole('link', { name: 'Overview' }).first().click();
    await other.getByRole('heading', { name: 'No environment is registered yet' }).waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await other.getByLabel('Your key').waitFor();
    await page.close();
    await other.close();
  });

  it('is signed in to with a one-time code, which leaves the address', async () => {
    const issued = await app.http.post('/session/codes').set(AS_ADMIN).expect(201);
    const { code } = issued.body as { code: string };
    const page = await open(`/#code=${code}`);
    await page.getByText('REGISTRY_ADMIN_KEY').waitFor();
    expect(page.url()).not.toContain(code);
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.close();
  });

  it('leads from an empty registry to a healthy endpoint', async () => {
    const page = await open();
    await signIn(page, ADMIN_KEY);
    await page.getByRole('link', { name: 'Create an application' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Orders');
    await page.getByLabel('App key').fill('no spaces');
    await page.getByRole('button', { name: 'Create', exact: true }).last().click();
    await page.getByText('must be a string of 1 to 128 characters').waitFor();
    await page.getByLabel('App key').fill('orders');
    await page.getByLabel('Environments').fill(`production = ${origin.url}\nstaging`);
    await page.getByLabel('Health URL').fill('/up');
    await page.getByRole('button', { name: 'Create', exact: true }).last().click();
    await page.getByRole('heading', { name: 'Orders' }).waitFor();

    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('link', { name: 'Issue a key for orders / production' }).click();
    await page.getByRole('button', { name: 'Issue a key' }).click();
    await page.getByLabel('Name', { exact: true }).fill('deployment');
    await page.getByRole('button', { name: 'Issue', exact: true }).click();
    const secret = await page
      .getByRole('dialog', { name: 'The new API key' })
      .locator('code')
      .first()
      .innerText();
    expect(secret).toMatch(/^mcp_[0-9a-f]{16}_/);
    await page.keyboard.press('Escape');
    await page.getByLabel('I have kept it').check();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByText('deployment').waitFor();
    expect(await page.content()).not.toContain(secret);

    await page.getByRole('link', { name: 'Endpoints' }).last().click();
    await page.getByRole('button', { name: 'Import an OpenAPI document' }).click();
    await chooseDocument(page, '/orders/{orderId}');
    await page.getByText('1 added').waitFor();
    await page.getByRole('button', { name: 'Apply' }).click();
    await page.locator('.endpoint summary').click();
    await page.getByText(`curl -X GET ${origin.url}/orders/"$orderId"`).waitFor();

    const outcome = page.getByText('production: success · HTTP 200');
    for (const _ of [1, 2, 3]) {
      await page.getByRole('button', { name: 'Probe now' }).click();
      await outcome.waitFor();
    }
    await page.getByRole('link', { name: 'Overview' }).click();
    await page.getByRole('heading', { name: 'None of 2 environments is down' }).waitFor();
    expect(await page.getByRole('heading', { name: 'First steps' }).count()).toBe(0);
    await page.close();
  });

  it('shows what an import deletes before it applies', async () => {
    const page = await open('/apps/orders/production?tab=endpoints');
    await page.getByRole('button', { name: 'Import an OpenAPI document' }).click();
    await chooseDocument(page, '/returns');
    await expect(page.locator('.changes li').allInnerTexts()).resolves.toEqual([
      expect.stringContaining('deleted GET /orders/{orderId}'),
      expect.stringContaining('added GET /returns'),
    ]);
    await page.getByRole('button', { name: 'Cancel' }).click();
    const answer = await app.http.get('/endpoints?app_key=orders').set(AS_ADMIN).expect(200);
    expect(answer.body).toMatchObject({ endpoints: [{ path: '/orders/{orderId}' }] });
    await page.close();
  });

  it('shows requests that run nothing but themselves, whatever an application has registered', async () => {
    const path = '/a$(echo 1)`echo 2`/{id}';
    const endpoint = { name: 'Get it', method: 'POST', path, contentType: 'a$(echo 3)', requestBody: {} };
    const place = '/applications/orders/environments/staging';
    await app.http
      .put(`${place}/endpoints`)
      .set(AS_ADMIN)
      .send({ endpoints: [endpoint] })
      .expect(200);
    const page = await open('/apps/orders/staging?tab=endpoints');
    await page.locator('.endpoint summary').click();
    const command = await page.getByText('curl -X POST').innerText();
    const { stdout } = await runCommand('bash', ['-c', `curl() { printf '%s\\n' "$@"; }; id=7; ${command}`]);
    expect(stdout.split('\n')).toEqual(
      expect.arrayContaining(['https://example.com/a$(echo 1)`echo 2`/7', 'Content-Type: a$(echo 3)']),
    );
    await page.close();
  });

  it('keeps filters in the address, and follows changes as they are committed', async () => {
    await app.http.post('/applications').set(AS_ADMIN).send({ name: 'Billing' }).expect(201);
    const page = await open('/apps');
    const names = page.locator('td.name a');
    await page.getByRole('link', { name: 'Billing' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('is:up env:production');
    await expect(names.allInnerTexts()).resolves.toEqual(['Orders']);
    const other = await open(`/apps${new URL(page.url()).search}`);
    await other.getByRole('link', { name: 'Orders' }).waitFor();
    await expect(other.locator('td.name a').allInnerTexts()).resolves.toEqual(['Orders']);
    await other.getByRole('button', { name: 'up 1' }).click();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'Billing' }).waitFor();
    await app.http.post('/applications').set(AS_ADMIN).send({ name: 'Returns' }).expect(201);
    await page.getByRole('link', { name: 'Returns' }).waitFor();
    await names.first().hover();
    await app.http.post('/applications').set(AS_ADMIN).send({ name: 'Archive' }).expect(201);
    await page.getByRole('link', { name: 'Archive' }).waitFor();
    await expect(names.allInnerTexts()).resolves.toEqual(['Billing', 'Orders', 'Returns', 'Archive']);
    await page.mouse.move(0, 0);
    await page.locator('tbody tr').first().getByRole('link', { name: 'Archive' }).waitFor();
    await page.close();
    await other.close();
  });

  it('shows what another operator has saved before it is overwritten', async () => {
    const page = await open('/apps/orders?tab=settings');
    const description = page.getByLabel('Description');
    await description.fill('Mine');
    await app.http.put('/applications/orders').set(AS_ADMIN).send({ description: 'Theirs' }).expect(200);
    await page.getByRole('button', { name: 'Save the application' }).click();
    await page.getByText('Description: (empty) → Theirs').waitFor();
    expect(await description.inputValue()).toBe('Mine');
    await page.getByRole('button', { name: 'Keep mine' }).click();
    await page.getByRole('button', { name: 'Save the application' }).click();
    await page.getByText('Saved.').waitFor();
    const saved = await app.http.get('/applications/orders').set(AS_ADMIN).expect(200);
    expect(saved.body).toMatchObject({ description: 'Mine', owner: null });
    await page.close();
  });

  it('goes to an environment by a few letters', async () => {
    const page = await open();
    await page.getByRole('heading', { name: 'environments' }).waitFor();
    await page.keyboard.press('Control+k');
    await page.keyboard.type('orders stag');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/console/apps/orders/staging');
    await page.getByRole('heading', { name: 'Orders' }).waitFor();
    expect(await page.title()).toBe('orders / staging · MCP Registry');
    await page.close();
  });

  it('lets a viewer read and change nothing, until the key is revoked', async () => {
    const page = await open('/operators');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByLabel('Name', { exact: true }).fill('vera');
    await page.getByRole('button', { name: 'Create with a key' }).click();
    await page.getByLabel('I have kept it').check();
    const key = await page
      .getByRole('dialog', { name: 'The new operator key' })
      .locator('code')
      .first()
      .innerText();
    await page.getByRole('button', { name: 'Done' }).click();

    const second = await browser.newContext();
    const viewer = await open('/apps/orders', second);
    await signIn(viewer, key);
    const probe = viewer.getByRole('button', { name: /Probe now.*needs the role editor/ });
    await probe.waitFor();
    expect(await probe.isDisabled()).toBe(true);
    expect(await viewer.getByRole('link', { name: 'Operators' }).count()).toBe(0);

    await page.getByText('vera').first().click();
    await page.getByRole('button', { name: 'Revoke' }).click();
    const again = viewer.getByRole('dialog', { name: 'Your session has ended' });
    await again.getByLabel('Your key').waitFor();
    await again.getByRole('button', { name: 'Leave' }).click();
    await viewer.getByRole('heading', { name: 'MCP Registry' }).waitFor();
    await second.close();
    await page.close();
  });

  it('has no page that fails, or is wider than a small phone', async () => {
    const page = await open();
    await page.setViewportSize({ width: 320, height: 640 });
    const paths = [
      ['', 'None of'],
      ['/apps', 'Applications'],
      ['/apps?create=1', 'Create an application'],
      ['/apps/orders', 'Orders'],
      ['/apps/orders?tab=endpoints', 'Orders'],
      ['/apps/orders?tab=keys', 'Orders'],
      ['/apps/orders?tab=agents', 'Orders'],
      ['/apps/orders?tab=activity', 'Orders'],
      ['/apps/orders?tab=settings', 'Orders'],
      ['/endpoints?q=order', 'Endpoints'],
      ['/keys?state=never-used', 'API keys'],
      ['/activity?action=application.created', 'Activity'],
      ['/operators?open=vera', 'Operators'],
      ['/system', 'System'],
    ];
    const wide: string[] = [];
    for (const [path = '', heading = ''] of paths) {
      await page.goto(`${app.url}/console${path}`);
      await page.getByRole('heading', { name: heading }).first().waitFor();
      await page.locator('.skeleton').first().waitFor({ state: 'detached' });
      const excess = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
      if (excess > 0) wide.push(path);
    }
    expect(wide).toEqual([]);
    await page.close();
  });
});

/** Gives the import an OpenAPI document with one operation. */
async function chooseDocument(page: Page, path: string): Promise<void> {
  const parameters = path.includes('{orderId}')
    ? [{ name: 'orderId', in: 'path', required: true, schema: { type: 'string' } }]
    : [];
  const operation = { summary: 'Get it', parameters, responses: { 200: { description: 'It' } } };
  const document = {
    openapi: '3.1.0',
    info: { title: 'It', version: '1' },
    paths: { [path]: { get: operation } },
  };
  await page.getByLabel('An OpenAPI document').setInputFiles({
    name: 'openapi.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(document)),
  });
  await page.locator('.changes').waitFor();
}
