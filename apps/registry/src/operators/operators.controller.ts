import { Body, Controller, Delete, Get, Param, Post, Put, Query } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, type OperatorCaller } from '#libs/access/caller.js';
import type { TaggedResponse } from '#libs/entity-tags/tagged-response.js';
import type { Listing } from '#libs/pagination/listing.js';
import { PageQuery } from '#libs/pagination/page-query.js';
import { Route } from '#libs/routes/route.decorator.js';
import { CreateOperatorRequest, UpdateOperatorRequest } from './dto/operator.request.js';
import { OperatorResponse, OperatorWithKeysResponse } from './dto/operator.response.js';
import { OperatorsService } from './operators.service.js';

const OperatorParam = (): MethodDecorator =>
  ApiParam({
    name: 'operator',
    description: 'Name of the operator',
    schema: { type: 'string', example: 'ann' },
  });

@ApiTags('Operators')
@Controller('operators')
export class OperatorsController {
  constructor(private readonly operators: OperatorsService) {}

  @Post()
  @Route('unbound-admin', 'Create an operator: a person, a service or an agent', {
    created: OperatorResponse,
    tagged: true,
    audited: 'operator.created',
    problems: [409],
  })
  create(
    @Body() request: CreateOperatorRequest,
    @CurrentCaller() { operatorName }: OperatorCaller,
  ): Promise<TaggedResponse<OperatorResponse>> {
    return this.operators.create(request, operatorName);
  }

  @Get()
  @Route('unbound-admin', 'List all operators, oldest first', { list: OperatorResponse })
  list(@Query() query: PageQuery): Promise<Listing<OperatorResponse>> {
    return this.operators.list(query);
  }

  @Get(':operator')
  @OperatorParam()
  @Route('unbound-admin', 'Get an operator with their keys, never the secrets', {
    ok: OperatorWithKeysResponse,
    tagged: true,
    problems: [404],
  })
  get(@Param('operator') name: string): Promise<TaggedResponse<OperatorWithKeysResponse>> {
    return this.operators.get(name);
  }

  @Put(':operator')
  @OperatorParam()
  @Route('unbound-admin', 'Change role or state of an operator, at once and everywhere', {
    ok: OperatorResponse,
    tagged: true,
    ifMatch: 'the operator',
    audited: 'operator.updated',
    description: 'A field left out stays as it is.',
    problems: [404],
  })
  update(
    @Param('operator') name: string,
    @Body() request: UpdateOperatorRequest,
  ): Promise<TaggedResponse<OperatorResponse>> {
    return this.operators.update(name, request);
  }

  @Delete(':operator')
  @OperatorParam()
  @Route('unbound-admin', 'Delete an operator with their keys', {
    ifMatch: 'the operator',
    audited: 'operator.deleted',
    problems: [404],
  })
  delete(@Param('operator') name: string): Promise<void> {
    return this.operators.delete(name);
  }
}
