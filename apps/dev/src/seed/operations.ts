/** An operation as an application registers it. */
export interface Operation {
  readonly method: string;
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly authType: string;
  readonly contentType?: string;
  readonly pathParams?: object;
  readonly queryParams?: object;
  readonly requestBody?: object;
  readonly responseBody?: object;
}

/** `count` different operations, three for each resource, with schemas as in the README's example. */
export function operations(count: number): Operation[] {
  const resources = Array.from({ length: Math.ceil(count / 3) }, (_, index) => `orders-${index + 1}`);
  return resources.flatMap(operationsOn).slice(0, count);
}

function operationsOn(resource: string): Operation[] {
  return [
    {
      method: 'GET',
      path: `/${resource}/{orderId}`,
      name: 'Get an order',
      description: 'One order with its lines',
      authType: 'BEARER',
      pathParams: { type: 'object', properties: { orderId: { type: 'string' } }, required: ['orderId'] },
      responseBody: { type: 'object', properties: { id: { type: 'string' }, total: { type: 'number' } } },
    },
    {
      method: 'GET',
      path: `/${resource}`,
      name: 'List orders',
      description: 'Orders of the caller, newest first',
      authType: 'BEARER',
      queryParams: {
        type: 'object',
        properties: { status: { type: 'string', enum: ['OPEN', 'SHIPPED'] } },
      },
    },
    {
      method: 'POST',
      path: `/${resource}`,
      name: 'Place an order',
      description: 'Answers with the new order',
      authType: 'BEARER',
      contentType: 'application/json',
      requestBody: {
        type: 'object',
        properties: { items: { type: 'array', items: { type: 'string' } } },
        required: ['items'],
      },
    },
  ];
}
