import { EndpointIndex } from '#registry/search/index/endpoint-index.js';
import { beforeEach, describe, expect, it } from '../../support/jest.js';
import { ask, found, indexedEnvironment } from './indexed.js';

const ORDERS = indexedEnvironment(
  'orders',
  [
    { method: 'GET', path: '/orders', name: 'List orders', operationId: 'listOrders' },
    { method: 'POST', path: '/orders', name: 'Place an order', operationId: 'placeOrder' },
    { method: 'GET', path: '/orders/{orderId}', name: 'Get an order', operationId: 'getOrder' },
    { method: 'PATCH', path: '/orders/{orderId}', name: 'Change an order', operationId: 'changeOrder' },
    { method: 'DELETE', path: '/orders/{orderId}', name: 'Cancel an order', operationId: 'cancelOrder' },
    { method: 'GET', path: '/orders/{orderId}/items', name: 'List items of an order' },
  ],
  { applicationName: 'Order service', applicationDescription: 'Takes and tracks purchases' },
);
const BILLING = indexedEnvironment('billing', [
  {
    method: 'POST',
    path: '/payments/{id}/refunds',
    name: 'RefundPayment',
    description: 'Gives <b>money</b> back to a customer.',
    keywords: ['How do I return money to a shopper?'],
    bodyProperties: ['amount', 'currency'],
  },
  { method: 'GET', path: '/payments', name: 'ListPayments', parameters: ['customerId'] },
  { method: 'GET', path: '/v1/payments/old', name: 'ListOldPayments', deprecated: true },
  { method: 'POST', path: '/search', name: 'Orders that are not paid' },
]);

describe('search of endpoints', () => {
  let index: EndpointIndex;

  beforeEach(async () => {
    index = new EndpointIndex();
    await index.replace('orders-production', ORDERS);
    await index.replace('billing-production', BILLING);
  });

  it.each([
    ['refund a payment', 'POST /payments/{id}/refunds'],
    ['return money to a shopper', 'POST /payments/{id}/refunds'],
    ['refunding paymets', 'POST /payments/{id}/refunds'],
    ['list all orders', 'GET /orders'],
    ['create a new order', 'POST /orders'],
    ['show one order', 'GET /orders/{orderId}'],
    ['update an order', 'PATCH /orders/{orderId}'],
    ['remove an order', 'DELETE /orders/{orderId}'],
    ['items of an order, not payments', 'GET /orders/{orderId}/items'],
    ['PATCH order', 'PATCH /orders/{orderId}'],
    ['Bestellung löschen', 'DELETE /orders/{orderId}'],
  ])('answers %j with %s', async (question, expected) => {
    const { hits, goodMatch } = await ask(index, question);
    expect(hits[0]?.id).toBe(expected);
    expect(goodMatch).toBe(true);
  });

  it.each([
    ['listorders', 'GET /orders'],
    ['place  an ORDER', 'POST /orders'],
    ['GET /orders', 'GET /orders'],
    ['POST /orders/', 'POST /orders'],
    ['/search', 'POST /search'],
    ['DELETE /orders/{id}', 'DELETE /orders/{orderId}'],
    ['get /orders/:id', 'GET /orders/{orderId}'],
    ['RefundPayment', 'POST /payments/{id}/refunds'],
  ])('has what %j names first, with the full score', async (question, expected) => {
    const { hits, goodMatch, suggestions } = await ask(index, question);
    expect(hits[0]).toMatchObject({ id: expected, score: 100 });
    expect(hits.slice(1).every(({ score }) => score <= 100)).toBe(true);
    expect({ goodMatch, suggestions }).toEqual({ goodMatch: true, suggestions: [] });
  });

  it.each([
    ['{id}/refunds', 'POST /payments/{id}/refunds'],
    ['POST /v3/payments/{x}/refunds', 'POST /payments/{id}/refunds'],
    ['https://billing.example.com/payments', 'GET /payments'],
  ])('has the path that %j is a part of, or that ends it, first', async (question, expected) => {
    expect((await ask(index, question)).hits[0]).toMatchObject({ id: expected, score: 99 });
  });

  it('prefers what is written in the same letters', async () => {
    await index.replace(
      'other',
      indexedEnvironment('a', [{ method: 'GET', path: '/Orders', name: 'x', id: 'other' }]),
    );
    expect(await found(index, 'GET /orders', { limit: 2 })).toEqual(['GET /orders', 'other']);
    expect(await found(index, 'GET /Orders', { limit: 2 })).toEqual(['other', 'GET /orders']);
  });

  it('says which words were found where', async () => {
    const { hits } = await ask(index, ['give the Money back', 'refund with amount']);
    expect(hits[0]?.why).toEqual([
      { word: 'give', field: 'description' },
      { word: 'money', field: 'keywords' },
      { word: 'back', field: 'description' },
      { word: 'refund', field: 'name' },
      { word: 'amount', field: 'body' },
    ]);
  });

  it('takes any of the words: more of them rank higher', async () => {
    const { hits } = await ask(index, 'payments of unicorns');
    expect(hits.map(({ id }) => id)).toContain('GET /payments');
    const [both] = (await ask(index, 'list payments')).hits;
    expect(both?.score).toBeGreaterThan(hits[0]?.score ?? 0);
  });

  it('fuses phrasings', async () => {
    expect((await found(index, ['money for the shopper', 'refund payment', 'reverse a charge']))[0]).toBe(
      'POST /payments/{id}/refunds',
    );
  });

  it('ranks the application first that the question names', async () => {
    await index.replace(
      'returns-production',
      indexedEnvironment('returns', [{ method: 'GET', path: '/orders', name: 'List orders', id: 'returns' }]),
    );
    expect((await found(index, 'orders in returns'))[0]).toBe('returns');
  });

  it('ranks what is deprecated below its twin', async () => {
    await index.replace(
      'twins',
      indexedEnvironment('twins', [
        { method: 'GET', path: '/a', name: 'Weather report', id: 'old', deprecated: true },
        { method: 'GET', path: '/b', name: 'Weather report', id: 'new' },
      ]),
    );
    expect(await found(index, 'report of weather')).toEqual(['new', 'old']);
  });

  it.each(['book a flight to Lisbon', 'start the dishwasher', 'asdf qwertz', 'the'])(
    'says that %j has no good match',
    async (question) => {
      const { hits, goodMatch } = await ask(index, question);
      expect(goodMatch).toBe(false);
      expect(hits[0]?.score ?? 0).toBeLessThan(50);
    },
  );

  it('takes no verb alone for a question', async () => {
    expect((await ask(index, 'get')).goodMatch).toBe(false);
  });

  it('suggests names when there is no good match', async () => {
    const { suggestions } = await ask(index, 'flights in bilings');
    expect(suggestions[0]).toBe('billing');
    expect(suggestions.length).toBeLessThanOrEqual(5);
  });

  it('answers only endpoints of the method', async () => {
    expect(await found(index, 'orders', { method: 'DELETE' })).toEqual(['DELETE /orders/{orderId}']);
    expect(await found(index, 'GET /orders', { method: 'POST' })).not.toContain('GET /orders');
  });

  it('answers pages of one list', async () => {
    const all = await ask(index, 'order');
    const pages = [];
    for (let offset = 0, more = true; more; offset += 2) {
      const { hits, hasMore } = await ask(index, 'order', { limit: 2, offset });
      pages.push(...hits);
      more = hasMore;
    }
    expect(pages).toEqual(all.hits);
    expect(all.hasMore).toBe(false);
  });

  it.each([
    ['no phrasing', []],
    ['an empty one', ['']],
    ['100 kB', ['refund '.repeat(15_000)]],
    ['one word of 100 kB', ['x'.repeat(100_000)]],
    ['control characters', ['\0\u001b[31m\u202e refund \uffff']],
    ['half of a character', ['\ud800 refund \udc00']],
    ['patterns', ['(a+)+$ [[[ \\ .* refund']],
    ['names of properties', ['constructor __proto__ toString hasOwnProperty refund']],
    ['five long ones', Array.from({ length: 5 }, (_, n) => `${'abcdefghij klmnopqr '.repeat(5000)}${n}`)],
    ['braces', [`/${'{'.repeat(100_000)}`]],
  ])('takes %s', async (_, phrasings) => {
    const { hits } = await ask(index, phrasings);
    expect(hits.length).toBeLessThanOrEqual(8);
  });

  it('takes hostile contents', async () => {
    const hostile = [
      'x'.repeat(100_000),
      '<'.repeat(100_000),
      ']('.repeat(50_000),
      '{'.repeat(100_000),
      '\0\ud800',
    ];
    await index.replace(
      'hostile',
      indexedEnvironment(
        'hostile',
        hostile.map((text, n) => ({
          id: `hostile ${n}`,
          method: 'GET',
          path: `/${text}`,
          name: `${text} unicorn`,
          description: text,
          operationId: text,
          tags: [text],
          keywords: [text],
          parameters: [text],
          bodyProperties: [text],
        })),
      ),
    );
    expect(await found(index, 'unicorn')).toContain('hostile 4');
  });
});

describe('the index', () => {
  let index: EndpointIndex;
  beforeEach(async () => {
    index = new EndpointIndex();
    await index.replace('1', ORDERS);
  });

  it('has what an environment was replaced with, and nothing of before', async () => {
    await index.replace(
      '1',
      indexedEnvironment('orders', [{ method: 'GET', path: '/parcels', name: 'Parcels' }]),
    );
    expect(await found(index, 'list orders')).toEqual(['GET /parcels']);
    expect(await found(index, 'parcels')).toEqual(['GET /parcels']);
    expect(index.size).toBe(1);
  });

  it('has nothing of an environment that was removed', async () => {
    index.remove('1');
    index.remove('never there');
    expect(await found(index, 'list orders')).toEqual([]);
    expect(index.size).toBe(0);
  });

  it('has the later of two changes at once', async () => {
    const first = index.replace(
      '1',
      indexedEnvironment('a', [{ method: 'GET', path: '/first', name: 'First parcel' }]),
    );
    const second = index.replace(
      '1',
      indexedEnvironment('a', [{ method: 'GET', path: '/second', name: 'Second parcel' }]),
    );
    await Promise.all([first, second]);
    expect(await found(index, 'parcel')).toEqual(['GET /second']);
    const third = index.replace('1', ORDERS);
    index.remove('1');
    await third;
    expect(index.size).toBe(0);
  });

  it('finds an endpoint in each environment that has it, in the order of their names', async () => {
    const staging = { ...ORDERS, environment: 'staging' };
    await index.replace('2', staging);
    const { hits } = await ask(index, 'listOrders', { limit: 2 });
    expect(hits.map(({ environmentId, id }) => [environmentId, id])).toEqual([
      ['1', 'GET /orders'],
      ['2', 'GET /orders'],
    ]);
    index.remove('1');
    expect((await ask(index, 'listOrders')).hits[0]?.environmentId).toBe('2');
  });

  it('searches while it changes', async () => {
    const searches = Array.from({ length: 20 }, () => found(index, 'list orders'));
    const changes = Array.from({ length: 20 }, (_, n) =>
      index.replace(String(n), { ...ORDERS, environment: String(n) }),
    );
    await Promise.all([...searches, ...changes]);
    expect(index.size).toBe(20 * ORDERS.endpoints.length);
  });

  it('goes on after a search that failed', async () => {
    const failing = ask(index, 'orders', {
      isVisible: () => {
        throw new Error('no');
      },
    });
    await expect(failing).rejects.toThrow('no');
    expect(await found(index, 'listOrders', { limit: 1 })).toEqual(['GET /orders']);
  });
});

describe('search of applications', () => {
  const index = new EndpointIndex();
  const everything = (): boolean => true;

  beforeEach(async () => {
    await index.replace('1', ORDERS);
    await index.replace('2', { ...ORDERS, environment: 'staging' });
    await index.replace('3', BILLING);
    await index.replace('4', indexedEnvironment('order-archive', []));
  });

  it.each([
    ['orders', ['orders', 'order-archive']],
    ['Order Service', ['orders', 'order-archive']],
    ['bill', ['billing']],
    ['biling', ['billing']],
    ['tracks purchases', ['orders']],
    ['unicorn', []],
    ['', []],
  ])('finds for %j %j', async (text, expected) => {
    const hits = await index.searchApplications(text, everything, 10);
    expect(hits.map(({ applicationKey }) => applicationKey)).toEqual(expected);
  });

  it('knows the keys that are near to a misspelt one', async () => {
    expect(await index.nearestApplications('oders', everything)).toEqual(['orders']);
    expect(await index.nearestApplications('order-archiv', everything)).toEqual(['order-archive']);
    expect(await index.nearestApplications('zzzzzzzz', everything)).toEqual([]);
    const onlyBilling = ({ applicationKey }: { applicationKey: string }): boolean =>
      applicationKey === 'billing';
    expect(await index.nearestApplications('oders', onlyBilling)).toEqual([]);
    expect(await index.searchApplications('orders', onlyBilling, 10)).toEqual([]);
  });
});
