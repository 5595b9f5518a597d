import { Module } from '@nestjs/common';
import { CallerJudge } from '#libs/access/caller-judge.js';
import { CredentialVerifier } from '#libs/access/credential-verifier.js';
import { EnvironmentsModule } from '../environments/environments.module.js';
import { ApiKeyJudge } from './api-key.judge.js';
import { ApiKeyVerifier } from './api-key.verifier.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { BcryptPool } from './bcrypt-pool.js';
import { FailedAttempts } from './failed-attempts.js';
import { KeyComparison } from './key-comparison.js';
import { KeyStandings } from './key-standings.js';
import { KeyUse } from './key-use.js';

@Module({
  imports: [EnvironmentsModule],
  controllers: [ApiKeysController],
  providers: [
    ApiKeysService,
    ApiKeysRepository,
    BcryptPool,
    KeyComparison,
    KeyStandings,
    FailedAttempts,
    KeyUse,
    { provide: CredentialVerifier, useClass: ApiKeyVerifier },
    { provide: CallerJudge, useClass: ApiKeyJudge },
  ],
  exports: [ApiKeysService, CallerJudge, CredentialVerifier, KeyUse],
})
export class ApiKeysModule {}
