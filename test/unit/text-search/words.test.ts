import { stemOf } from '#libs/text-search/stem.js';
import { wordsOf } from '#libs/text-search/words.js';
import { describe, expect, it } from '../../support/jest.js';

const words = (text: string, limit = 64): string[] => wordsOf(text, limit);

describe('words of a text', () => {
  it.each([
    ['getOrdersByCustomerId', ['get', 'orders', 'by', 'customer', 'id']],
    ['HTTPServer_v2-list', ['http', 'server', 'v2', 'list']],
    ['VirtualMachines_Deallocate', ['virtual', 'machines', 'deallocate']],
    ['listAPIs of URLs', ['list', 'apis', 'of', 'urls']],
    ['OAuth2 for eBay', ['oauth', '2', 'for', 'ebay']],
    ['/orders/{orderId}/s3-files', ['orders', 'order', 'id', 's3', 'files']],
    ['drive.files.emptyTrash', ['drive', 'files', 'empty', 'trash']],
    ['Größe, naïve façade, Łódź', ['grosse', 'naive', 'facade', 'lodz']],
    ['redémarrer le serveur', ['redemarrer', 'le', 'serveur']],
    ['ﬁle № ２', ['file', 'no', '2']],
    ['注文を取得', ['注文を取得']],
    ['\0\u0007\u202e tab\there', ['tab', 'here']],
    ['…?!', []],
  ])('of %j are %j', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  it('are as many as wanted, and not longer than 40 characters', () => {
    expect(words('a b c d e', 3)).toEqual(['a', 'b', 'c']);
    expect(words('x'.repeat(100_000))).toEqual(['x'.repeat(40)]);
  });

  it.each([
    'Aa'.repeat(50_000),
    'A'.repeat(100_000),
    `${'A'.repeat(50_000)}sb`,
    'é'.repeat(100_000),
    '\u0301'.repeat(100_000),
    '\ufdfa'.repeat(20_000),
    'a1'.repeat(50_000),
    ' '.repeat(100_000),
  ])('of a hostile text are few', (text) => {
    expect(words(text).length).toBeLessThanOrEqual(64);
  });
});

describe('stems', () => {
  it.each([
    ['repositories', 'repository'],
    ['cancelled', 'canceling'],
    ['organisations', 'organization'],
    ['authorised', 'authorizes'],
    ['people', 'person'],
    ['sent', 'sends'],
    ['deletes', 'deleted'],
  ])('of %s and %s are the same', (one, other) => {
    expect(stemOf(one)).toBe(stemOf(other));
  });

  it.each(['order', 'user', 'list', 'file'])('of %s and of others differ', (word) => {
    expect(['payment', 'account', 'lost', 'field'].map(stemOf)).not.toContain(stemOf(word));
  });

  it.each(['y'.repeat(40), 'aeiouy'.repeat(7), 'bcdfg'.repeat(8), '漢字', '42', ''])('of %j end', (word) => {
    expect(typeof stemOf(word)).toBe('string');
  });
});
