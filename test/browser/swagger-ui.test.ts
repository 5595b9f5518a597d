import { existsSync } from 'node:fs';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { createApplication, issueKey } from '../support/builders.js';
import { afterAll, beforeAll, describe, expect, it } from '../support/jest.js';
import { ADMIN_KEY, startApp, type TestApp } from '../support/start-app.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];

if (!existsSync(CHROMIUM)) {
  process.stderr.write(`SKIPPED: Swagger UI in a browser, for ${CHROMIUM} is missing (set CHROMIUM)\n`);
}

/** What a person does at /docs, in a real browser. */
(existsSync(CHROMIUM) ? describe : describe.skip)('Swagger UI', () => {
  let app: TestApp;
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    app = await startApp({ BASE_PATH: '/api/registry' });
    await createApplication(app, { name: 'Orders', appKey: 'orders' });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    page = await browser.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      if (message.text().includes('Content Security Policy')) faults.push(message.text());
    });
    await page.goto(`${app.url}/docs`);
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  async function authorize(values: Readonly<Record<string, string>>): Promise<void> {
    await page.locator('.btn.authorize').first().click();
    for (const [header, value] of Object.entries(values)) {
      const scheme = page.locator('.auth-container').filter({ hasText: `Name: ${header}` });
      await scheme.locator('input').fill(value);
      await scheme.locator('button.authorize').click();
    }
    await page.locator('.modal-ux .close-modal').click();
  }

  async function execute(
    operationId: string,
    fill?: (operation: Locator) => Promise<void>,
  ): Promise<{ status: string; body: string }> {
    const operation = page.locator(`[id$="-${operationId}"].opblock`);
    await operation.locator('.opblock-summary-control').click();
    await fill?.(operation);
    await operation.locator('.execute').click();
    const answer = operation.locator('.live-responses-table .response').first();
    const status = await answer.locator('.response-col_status').innerText();
    const shown = answer.locator('.response-col_description .microlight');
    const body = status.startsWith('204') ? '' : await shown.first().innerText();
    return { status: status.trim(), body };
  }

  it('shows every tag, and a padlock with all headers', async () => {
    await page.locator('.opblock-tag').first().waitFor();
    const tags = await page.locator('.opblock-tag').all();
    expect(await Promise.all(tags.map((tag) => tag.getAttribute('data-tag')))).toEqual([
      'Applications',
      'Environments',
      'API keys',
      'Operators',
      'Sessions',
      'Endpoints',
      'Discovery',
      'Health checks',
      'Audit',
      'Health',
      'Overview',
      'Agents',
    ]);
    await page.locator('.btn.authorize').first().click();
    const dialog = await page.locator('.modal-ux-content').innerText();
    for (const header of ['X-Admin-Key', 'X-App-Key', 'X-API-Key', 'X-Environment', 'http, Bearer'])
      expect(dialog).toContain(header);
    await page.locator('.modal-ux .close-modal').click();
  });

  it('works signed in, without a key in the page, until one signs out', async () => {
    const signedIn = await execute('Session_create', async (operation) => {
      await operation.locator('textarea').fill(JSON.stringify({ key: ADMIN_KEY }));
    });
    expect(signedIn.status).toBe('201');
    expect(signedIn.body).toContain('"operator": "REGISTRY_ADMIN_KEY"');
    const listed = await execute('Applications_list');
    expect(listed.status).toBe('200');
    expect(listed.body).toContain('"appKey": "orders"');
    expect(await page.evaluate('JSON.stringify([document.cookie, { ...localStorage }])')).toBe('["",{}]');
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({
      name: 'mcp-registry',
      httpOnly: true,
      sameSite: 'Strict',
      path: '/',
      expires: -1,
    });
    expect((await execute('Session_end')).status).toBe('204');
    expect(await page.context().cookies()).toEqual([]);
    expect(faults).toEqual([]);
  });

  it('creates an application from the example that is filled in, as the operator', async () => {
    await authorize({ 'X-Admin-Key': ADMIN_KEY });
    const { status, body } = await execute('Applications_create', async (operation) => {
      const example = operation.locator('textarea');
      await example.fill((await example.inputValue()).replace('"orders"', '"from-the-browser"'));
    });
    expect(status).toBe('201');
    expect(body).toContain('"appKey": "from-the-browser"');
  });

  it('registers the example of a batch with the headers of an application', async () => {
    const { apiKey } = await issueKey(app, 'orders');
    await authorize({ 'X-App-Key': 'orders', 'X-API-Key': apiKey, 'X-Environment': 'production' });
    const { status, body } = await execute('Endpoints_register');
    expect(status).toBe('200');
    expect(body).toContain('"added": 1');
    expect(await page.evaluate('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])')).toBe(
      '[{},{}]',
    );
    expect(faults).toEqual([]);
  });
});
