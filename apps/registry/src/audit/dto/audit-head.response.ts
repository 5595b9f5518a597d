import { ApiProperty } from '@nestjs/swagger';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';

/** Up to where the audit trail is sealed. */
export class AuditHeadResponse {
  @ApiProperty({ type: 'integer', example: 1234, description: 'Number of the last sealed entry; 0: none is' })
  readonly number!: number;

  @ApiProperty({
    example: 'b1946ac92492d2347c6235b4d2611184b1946ac92492d2347c6235b4d2611184',
    description: 'Its hash, which covers all entries before it, in hexadecimal digits',
  })
  readonly hash!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: TIME_EXAMPLE })
  readonly sealedAt!: Date | null;

  @ApiProperty({ type: 'integer', example: 0, description: 'Entries that are not sealed yet, 10000 at most' })
  readonly unsealed!: number;
}
