import { ApiParam } from '@nestjs/swagger';

/** Documents the path parameter `app_key`. */
export const ApiAppKeyParam = (): MethodDecorator & ClassDecorator =>
  ApiParam({
    name: 'app_key',
    description: 'App key of the application',
    schema: { type: 'string', example: 'orders' },
  });

/** Documents the path parameter `app_id`. */
export const ApiAppIdParam = (): MethodDecorator & ClassDecorator =>
  ApiParam({
    name: 'app_id',
    description: 'Id or app key of the application',
    schema: { type: 'string', example: 'orders' },
  });

/** Documents the path parameter `environment`. */
export const ApiEnvironmentParam = (): MethodDecorator & ClassDecorator =>
  ApiParam({
    name: 'environment',
    description: 'Name of the environment',
    schema: { type: 'string', example: 'production' },
  });
