import { ApiProperty } from '@nestjs/swagger';
import { TIME_EXAMPLE } from '#libs/responses/response-examples.js';

const WORDS = ['ok', 'error'] as const;
export type HealthWord = (typeof WORDS)[number];

class Dependencies {
  @ApiProperty({ enum: WORDS })
  readonly database!: HealthWord;
}

export class HealthResponse {
  @ApiProperty({ enum: WORDS })
  readonly status!: HealthWord;

  @ApiProperty({ example: '1.0.0' })
  readonly version!: string;

  @ApiProperty({ type: Dependencies })
  readonly dependencies!: Dependencies;

  @ApiProperty({ type: String, format: 'date-time', example: TIME_EXAMPLE })
  readonly timestamp!: Date;
}

export class ProbeResponse {
  @ApiProperty({ enum: ['ok', 'unavailable'] })
  readonly status!: 'ok' | 'unavailable';
}
