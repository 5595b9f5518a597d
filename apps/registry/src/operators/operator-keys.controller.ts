import { Body, Controller, Delete, Param, Post } from '@nestjs/common';
import { ApiParam, ApiTags } from '@nestjs/swagger';
import { CurrentCaller, type OperatorCaller } from '#libs/access/caller.js';
import { Route } from '#libs/routes/route.decorator.js';
import { IssueOperatorKeyRequest, RotateOperatorKeyRequest } from './dto/operator.request.js';
import { IssuedOperatorKeyResponse } from './dto/operator.response.js';
import { OperatorKeysService } from './operator-keys.service.js';

const KeyParam = (): MethodDecorator =>
  ApiParam({ name: 'operator_key_id', description: 'Id of the key', schema: { type: 'string' } });

@ApiTags('Operators')
@ApiParam({
  name: 'operator',
  description: 'Name of the operator',
  schema: { type: 'string', example: 'ann' },
})
@Controller('operators/:operator/keys')
export class OperatorKeysController {
  constructor(private readonly keys: OperatorKeysService) {}

  @Post()
  @Route('unbound-admin', 'Issue a key of an operator; the answer shows it this once', {
    created: IssuedOperatorKeyResponse,
    audited: 'operator-key.issued',
    description: 'The key of a person expires after 90 days unless the request says otherwise.',
    problems: [404],
  })
  issue(
    @Param('operator') name: string,
    @Body() request: IssueOperatorKeyRequest,
    @CurrentCaller() { operatorName }: OperatorCaller,
  ): Promise<IssuedOperatorKeyResponse> {
    return this.keys.issue(name, request, operatorName);
  }

  @Post(':operator_key_id/rotate')
  @KeyParam()
  @Route('unbound-admin', 'Replace a key of an operator by a new one', {
    created: IssuedOperatorKeyResponse,
    audited: 'operator-key.rotated',
    description: 'The new key has an id of its own. The old one lives on for `gracePeriodSeconds`.',
    problems: [404, 409],
  })
  rotate(
    @Param('operator') name: string,
    @Param('operator_key_id') id: string,
    @Body() request: RotateOperatorKeyRequest,
    @CurrentCaller() { operatorName }: OperatorCaller,
  ): Promise<IssuedOperatorKeyResponse> {
    return this.keys.rotate(name, id, request, operatorName);
  }

  @Delete(':operator_key_id')
  @KeyParam()
  @Route('unbound-admin', 'Revoke a key of an operator at once', {
    audited: 'operator-key.revoked',
    problems: [404],
  })
  revoke(@Param('operator') name: string, @Param('operator_key_id') id: string): Promise<void> {
    return this.keys.revoke(name, id);
  }
}
