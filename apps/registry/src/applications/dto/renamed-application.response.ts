import { ApiProperty } from '@nestjs/swagger';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';
import { ResponseField } from '#libs/responses/response-field.decorator.js';
import { ApplicationResponse } from './application.response.js';

export class AppKeyAliasResponse {
  @ResponseField({ example: 'orders' })
  readonly appKey!: string;

  @ResponseField({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly expiresAt!: Date;
}

export class RenamedApplicationResponse extends ApplicationResponse {
  @ApiProperty({
    type: AppKeyAliasResponse,
    nullable: true,
    description:
      'The app key that it had before, and until when it still names it; null when it names nothing any more',
  })
  readonly alias!: AppKeyAliasResponse | null;
}
