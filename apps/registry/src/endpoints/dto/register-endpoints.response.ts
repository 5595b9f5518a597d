import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';

export class EndpointChange {
  @ApiProperty({ enum: ['added', 'updated', 'deleted'] })
  readonly change!: 'added' | 'updated' | 'deleted';

  @ApiProperty({ example: 'GET' })
  readonly method!: string;

  @ApiProperty({ example: '/orders/{orderId}' })
  readonly path!: string;

  @ApiPropertyOptional({
    type: [String],
    example: ['description'],
    description: 'For `updated`: which fields differ',
  })
  readonly fields?: readonly string[];
}

export class RegisterEndpointsResponse {
  @ApiProperty({ type: 'integer', example: 2 })
  readonly added!: number;

  @ApiProperty({ type: 'integer', example: 1 })
  readonly updated!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly deleted!: number;

  @ApiProperty({ type: 'integer', example: 17 })
  readonly unchanged!: number;

  @ApiProperty({
    example: '20 endpoints registered in production: 2 added, 1 updated, 0 deleted, 17 unchanged',
  })
  readonly message!: string;

  @ApiPropertyOptional({ type: [EndpointChange], description: 'Only with `dryRun=true`' })
  readonly changes?: readonly EndpointChange[];
}
