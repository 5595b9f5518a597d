import { schemaOfBody, schemaOfParameters } from '#libs/openapi/parameter-map.js';
import { describe, expect, it } from '../../support/jest.js';

const schemaOf = (name: string): unknown => {
  const { properties } = schemaOfParameters({ value: name }) as { properties: { value: unknown } };
  return properties.value;
};

describe('a map of parameters', () => {
  it('is a schema of its names, with the required ones in a list', () => {
    expect(
      schemaOfParameters({
        id: { type: 'int', required: true, description: 'The order' },
        page: 'Integer',
        filter: { type: 'String', required: false, maxLength: 5 },
        note: 'free text',
      }),
    ).toEqual({
      type: 'object',
      properties: {
        id: { type: 'integer', description: 'The order' },
        page: { type: 'integer' },
        filter: { type: 'string', maxLength: 5 },
        note: { description: 'free text' },
      },
      required: ['id'],
    });
  });

  it('may have a parameter called type', () => {
    expect(schemaOfParameters({ type: 'String', properties: 'String' })).toEqual({
      type: 'object',
      properties: { type: { type: 'string' }, properties: { type: 'string' } },
    });
  });

  it.each([
    ['String', { type: 'string' }],
    ['java.lang.String', { type: 'string' }],
    ['VARCHAR(255)', { type: 'string' }],
    ['UUID', { type: 'string', format: 'uuid' }],
    ['LocalDate', { type: 'string', format: 'date' }],
    ['java.time.Instant', { type: 'string', format: 'date-time' }],
    ['Long', { type: 'integer', format: 'int64' }],
    ['BigDecimal', { type: 'number' }],
    ['numeric(10, 2)', { type: 'number' }],
    ['Boolean', { type: 'boolean' }],
    ['String[]', { type: 'array', items: { type: 'string' } }],
    ['List<Long>', { type: 'array', items: { type: 'integer', format: 'int64' } }],
    ['java.util.Set<OrderStatus>', { type: 'array' }],
    ['Map<String, Object>', { type: 'object' }],
    ['MultipartFile', { type: 'string', format: 'binary' }],
    ['OrderStatus', { description: 'OrderStatus' }],
    ['', {}],
  ])('has %j as %j', (name, schema) => {
    expect(schemaOf(name)).toEqual(schema);
  });

  it.each([
    { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] },
    { properties: { id: true } },
    { $ref: '#/$defs/Query' },
    { allOf: [{ type: 'object' }] },
    {},
    null,
    'page, from 1 on',
  ])('is not %j', (schema) => {
    expect(schemaOfParameters(schema)).toEqual(schema);
  });
});

describe('a schema', () => {
  it('has the types of JSON, in all its properties and items', () => {
    expect(
      schemaOfBody({
        type: 'object',
        required: ['a'],
        properties: {
          a: { type: 'long' },
          b: { type: 'array', items: { type: 'decimal' } },
          c: { type: 'object', properties: { d: { type: 'date', required: true } } },
        },
      }),
    ).toEqual({
      type: 'object',
      required: ['a'],
      properties: {
        a: { type: 'integer', format: 'int64' },
        b: { type: 'array', items: { type: 'number' } },
        c: {
          type: 'object',
          properties: { d: { type: 'string', format: 'date' } },
          required: ['d'],
        },
      },
    });
  });

  it('of a body is a map of names when every type is known', () => {
    expect(schemaOfBody({ customerId: 'String', lines: 'List<Map>' })).toEqual({
      type: 'object',
      properties: { customerId: { type: 'string' }, lines: { type: 'array', items: { type: 'object' } } },
    });
    expect(schemaOfBody({ type: 'string' })).toEqual({ type: 'string' });
    expect(schemaOfBody({ title: 'Orders of a day' })).toEqual({ title: 'Orders of a day' });
  });
});
