import { Module } from '@nestjs/common';
import { CallerCheck } from '#libs/access/caller-check.js';
import { CredentialVerifier } from '#libs/access/credential-verifier.js';
import { EnvironmentsModule } from '../environments/environments.module.js';
import { AllApiKeysController } from './all-api-keys.controller.js';
import { AllApiKeysRepository } from './all-api-keys.repository.js';
import { ApiKeyCache } from './api-key.cache.js';
import { ApiKeyCallerCheck } from './api-key.caller-check.js';
import { ApiKeyIssuer } from './api-key.issuer.js';
import { ApiKeyMatcher } from './api-key.matcher.js';
import { ApiKeyVerifier } from './api-key.verifier.js';
import { ApiKeysController } from './api-keys.controller.js';
import { ApiKeysImporter } from './api-keys.importer.js';
import { ApiKeysRepository } from './api-keys.repository.js';
import { ApiKeysService } from './api-keys.service.js';
import { BcryptPool } from './bcrypt-pool.js';
import { FailureBudgets } from './failure-budgets.js';
import { LastUsedTimes } from './last-used-times.js';

@Module({
  imports: [EnvironmentsModule],
  controllers: [ApiKeysController, AllApiKeysController],
  providers: [
    ApiKeysService,
    ApiKeysImporter,
    ApiKeyIssuer,
    ApiKeysRepository,
    AllApiKeysRepository,
    BcryptPool,
    ApiKeyMatcher,
    ApiKeyCache,
    FailureBudgets,
    LastUsedTimes,
    { provide: CredentialVerifier, useClass: ApiKeyVerifier },
    { provide: CallerCheck, useClass: ApiKeyCallerCheck },
  ],
  exports: [ApiKeysService, ApiKeysImporter, CallerCheck, CredentialVerifier, LastUsedTimes],
})
export class ApiKeysModule {}
