import { Module } from '@nestjs/common';
import { OperatorVerifier } from '#libs/access/operator-verifier.js';
import { OperatorKeyVerifier } from './operator-key.verifier.js';
import { OperatorKeyUses } from './operator-key-uses.js';
import { OperatorKeysController } from './operator-keys.controller.js';
import { OperatorKeysService } from './operator-keys.service.js';
import { OperatorsController } from './operators.controller.js';
import { OperatorsRepository } from './operators.repository.js';
import { OperatorsService } from './operators.service.js';

@Module({
  controllers: [OperatorsController, OperatorKeysController],
  providers: [
    OperatorsService,
    OperatorKeysService,
    OperatorsRepository,
    OperatorKeyUses,
    { provide: OperatorVerifier, useClass: OperatorKeyVerifier },
  ],
  exports: [OperatorVerifier, OperatorKeyUses, OperatorsService],
})
export class OperatorsModule {}
