import { Global, Module } from '@nestjs/common';
import { RefusalRecorder } from '#libs/access/refusal-recorder.js';
import { AuditedTransactions } from '#libs/audit-trail/audited-transactions.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { AppConfig } from '#libs/config/app-config.js';
import { SecretRedaction } from '#libs/redaction/secret-redaction.js';
import { AuditController } from './audit.controller.js';
import { AuditService } from './audit.service.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { AuditPruningService } from './audit-pruning.service.js';
import { AuditQuota } from './audit-quota.js';
import { AuditUsageRepository } from './audit-usage.repository.js';
import { AuditWriter } from './audit-writer.js';
import { AuditedNamesRepository } from './audited-names.repository.js';
import { AuditChainRepository } from './chain/audit-chain.repository.js';
import { AuditSealer } from './chain/audit-sealer.js';
import { AuditVerification } from './chain/audit-verification.js';
import { ChainKeys } from './chain/chain-keys.js';
import { RefusalLog } from './refusal-log.js';

/** Global, so that features record changes without knowing the trail. */
@Global()
@Module({
  controllers: [AuditController],
  providers: [
    AuditService,
    AuditWriter,
    AuditLogRepository,
    AuditedNamesRepository,
    AuditQuota,
    AuditUsageRepository,
    SecretRedaction,
    AuditPruningService,
    AuditChainRepository,
    {
      provide: ChainKeys,
      inject: [AppConfig],
      useFactory: ({ secrets }: AppConfig) => new ChainKeys(secrets.secretKeys),
    },
    AuditSealer,
    AuditVerification,
    ChangeRecorder,
    { provide: AuditedTransactions, useExisting: AuditService },
    RefusalLog,
    { provide: RefusalRecorder, useExisting: RefusalLog },
  ],
  exports: [
    AuditService,
    AuditedTransactions,
    ChangeRecorder,
    RefusalRecorder,
    RefusalLog,
    AuditPruningService,
    AuditSealer,
    AuditVerification,
  ],
})
export class AuditModule {}
