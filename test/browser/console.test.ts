import { existsSync } from 'node:fs';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';
import { createApplication } from '../support/builders.js';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '../support/jest.js';
import { ADMIN_KEY, AS_ADMIN, startApp, type TestApp } from '../support/start-app.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];

if (!existsSync(CHROMIUM)) {
  process.stderr.write(`SKIPPED: the console in a browser, for ${CHROMIUM} is missing (set CHROMIUM)\n`);
}

/** What an operator does at /console, in a real browser. */
(existsSync(CHROMIUM) ? describe : describe.skip)('the console', () => {
  let app: TestApp;
  let browser: Browser;
  let context: BrowserContext;
  const faults: string[] = [];

  beforeAll(async () => {
    app = await startApp({ BASE_PATH: '/api/registry' });
    await createApplication(app, { appKey: 'orders' });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS });
    context = await browser.newContext();
  });
  afterEach(() => {
    expect(faults).toEqual([]);
  });
  afterAll(async () => {
    await browser.close();
    await app.close();
  });

  /** A tab that tells of every error, and of every request that leaves the registry. */
  async function open(path = ''): Promise<Page> {
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.message));
    page.on('console', (message) => {
      // The browser reports the 401 to a page that asks whether it is signed in.
      if (message.type() === 'error' && !message.text().includes('401')) faults.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(app.url) && !request.url().startsWith('data:'))
        faults.push(request.url());
    });
    await page.goto(`${app.url}/console${path}`);
    return page;
  }

  it('is signed in to with a key that it does not keep, and out of in every tab', async () => {
    const page = await open();
    await page.getByLabel('Your key').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByText('This key is not known.').waitFor();
    await page.getByLabel('Your key').fill(ADMIN_KEY);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'None of 1 environments is down' }).waitFor();
    await page.reload();
    await page.getByText('REGISTRY_ADMIN_KEY').waitFor();
    const kept = await page.evaluate<string>('JSON.stringify([{ ...localStorage }, { ...sessionStorage }])');
    expect(kept).not.toContain(ADMIN_KEY);
    const other = await open('/absent');
    await other.getByRole('heading', { name: 'No such page' }).waitFor();
    await other.getByRole('link', { name: 'Overview' }).first().click();
    await other.getByRole('heading', { name: 'None of 1 environments is down' }).waitFor();
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
});
