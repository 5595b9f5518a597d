import { ApiProperty } from '@nestjs/swagger';
import { AppKeyAliasResponse } from './app-key-alias.response.js';
import { ApplicationResponse } from './application.response.js';

export class RenamedApplicationResponse extends ApplicationResponse {
  @ApiProperty({
    type: AppKeyAliasResponse,
    nullable: true,
    description:
      'The app key that it had before, and until when it still names it; null when it names nothing any more',
  })
  readonly alias!: AppKeyAliasResponse | null;
}
