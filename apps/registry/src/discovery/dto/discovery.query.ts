import { PageQuery } from '#libs/pagination/page-query.js';
import { HEALTH_STATUSES } from '#libs/responses/response-examples.js';
import { ChoiceField, TextField } from '#libs/validation/fields.js';

const EnvironmentMeantField = (): PropertyDecorator =>
  TextField({
    description: 'Name of the environment; otherwise `X-Environment`, otherwise `production`.',
    example: 'production',
    minLength: 0,
    maxLength: 63,
    presence: 'optional-not-null',
  });

export class EndpointsQuery {
  @TextField({ description: 'App key of the application.', example: 'orders', maxLength: 128 })
  readonly app_key!: string;

  @EnvironmentMeantField()
  readonly environment?: string;
}

export class ApplicationsWithEndpointsQuery extends PageQuery {
  @EnvironmentMeantField()
  readonly environment?: string;

  @ChoiceField({
    description: 'Only applications whose environment has this health; all when absent.',
    of: HEALTH_STATUSES,
    anyCase: true,
    presence: 'optional-not-null',
  })
  readonly healthStatus?: string;
}
