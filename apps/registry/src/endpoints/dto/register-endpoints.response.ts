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

/** What a batch changes of a set. */
export class ChangeCounts {
  @ApiProperty({ type: 'integer', example: 2 })
  readonly added!: number;

  @ApiProperty({ type: 'integer', example: 1 })
  readonly updated!: number;

  @ApiProperty({ type: 'integer', example: 0 })
  readonly deleted!: number;

  @ApiProperty({ type: 'integer', example: 17 })
  readonly unchanged!: number;
}

export class DefinitionChange {
  @ApiProperty({ enum: ['added', 'updated', 'deleted'] })
  readonly change!: 'added' | 'updated' | 'deleted';

  @ApiProperty({ example: 'Order' })
  readonly name!: string;
}

export class RegistrationWarning {
  @ApiProperty({ example: '#/endpoints/3/path' })
  readonly pointer!: string;

  @ApiProperty({ example: 'is equivalent to /orders/{id} of #/endpoints/1' })
  readonly detail!: string;
}

export class RegisterEndpointsResponse extends ChangeCounts {
  @ApiProperty({
    example: '20 endpoints registered in production: 2 added, 1 updated, 0 deleted, 17 unchanged',
  })
  readonly message!: string;

  @ApiPropertyOptional({
    type: [EndpointChange],
    description: 'Deletions first; with `dryRun=true`, and always for operators',
  })
  readonly changes?: readonly EndpointChange[];

  @ApiPropertyOptional({
    type: ChangeCounts,
    description: 'Shared definitions; absent when there are none before and after',
  })
  readonly definitions?: ChangeCounts;

  @ApiPropertyOptional({
    type: [DefinitionChange],
    description: 'Deletions first; beside `changes` and `definitions`',
  })
  readonly definitionChanges?: readonly DefinitionChange[];

  @ApiPropertyOptional({
    type: [RegistrationWarning],
    maxItems: 100,
    description: 'What is odd about added and updated endpoints; absent when nothing is',
  })
  readonly warnings?: readonly RegistrationWarning[];
}
