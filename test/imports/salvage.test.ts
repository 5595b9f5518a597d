import { parseExactJson } from '#libs/json/exact-json.js';
import { EndpointRegistration } from '#registry/endpoints/dto/endpoint-registration.js';
import { parseLenient } from '#registry/imports/lenient-validation.js';
import { describe, expect, it } from '../support/jest.js';

const OPTIONAL = ['authConfig', 'pathParams', 'queryParams', 'requestBody', 'responseBody'] as const;
const OPERATION = { name: 'a', path: '/a', method: 'GET' };

describe('JSON of an imported endpoint', () => {
  it.each([
    ['an object', parseExactJson('{"maximum":9223372036854775807}')],
    ['a string of JSON', '{ "maximum": 9223372036854775807 }'],
  ])('keeps the digits of its numbers as %s', async (_, requestBody) => {
    const { value, mistakes } = await parseLenient(
      EndpointRegistration,
      { ...OPERATION, requestBody },
      OPTIONAL,
    );
    expect(mistakes).toEqual([]);
    expect(value?.requestBody?.text).toBe('{"maximum":9223372036854775807}');
  });

  it.each([
    [parseExactJson('{"maximum":1e400}'), '#/requestBody/maximum', 'must be a number below 1e308'],
    ['{"maximum":1e400}', '#/requestBody', 'is JSON whose #/maximum must be a number below 1e308'],
    [[{ type: 'string' }], '#/requestBody', 'must be an object or a string'],
    [parseExactJson('9223372036854775807'), '#/requestBody', 'must be an object or a string'],
  ])('is left out when it cannot be kept: %j', async (requestBody, pointer, detail) => {
    const { value, mistakes } = await parseLenient(
      EndpointRegistration,
      { ...OPERATION, requestBody },
      OPTIONAL,
    );
    expect(mistakes).toEqual([{ pointer, detail }]);
    expect(value).toMatchObject(OPERATION);
    expect(value?.requestBody).toBeUndefined();
  });
});
