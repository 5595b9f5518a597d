import { HEALTH_STATUSES } from '#libs/domain/status.js';
import { PageQuery } from '#libs/pagination/page-query.js';
import { ChoiceField, TextField } from '#libs/validation/fields.js';

const QueryEnvironmentField = (): PropertyDecorator =>
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

  @QueryEnvironmentField()
  readonly environment?: string;

  @ChoiceField({
    description:
      'Whether each schema has the shared definitions that it needs (`self-contained`, the default), or refers to ' +
      '`definitions`, which the response has once (`shared`).',
    of: ['self-contained', 'shared'],
    presence: 'optional-not-null',
  })
  readonly definitions?: string;
}

export class ApplicationsWithEndpointsQuery extends PageQuery {
  @QueryEnvironmentField()
  readonly environment?: string;

  @ChoiceField({
    description: 'Only applications whose environment has this health; all when absent.',
    of: HEALTH_STATUSES,
    anyCase: true,
    presence: 'optional-not-null',
  })
  readonly healthStatus?: string;
}
