import { Global, Module } from '@nestjs/common';
import { RefusalRecorder } from '#libs/access/refusal-recorder.js';
import { AuditedTransactions } from '#libs/audit-trail/audited-transactions.js';
import { ChangeRecorder } from '#libs/audit-trail/change-recorder.js';
import { AuditController } from './audit.controller.js';
import { AuditLogRepository } from './audit-log.repository.js';
import { AuditPruner } from './audit-pruner.js';
import { AuditPruningService } from './audit-pruning.service.js';
import { AuditService } from './audit.service.js';
import { RefusalLog } from './refusal-log.js';

/** Global, so that every feature can say what it changed without knowing where that goes. */
@Global()
@Module({
  controllers: [AuditController],
  providers: [
    AuditService,
    AuditLogRepository,
    AuditPruningService,
    AuditPruner,
    ChangeRecorder,
    { provide: AuditedTransactions, useExisting: AuditService },
    { provide: RefusalRecorder, useClass: RefusalLog },
  ],
  exports: [AuditService, AuditedTransactions, ChangeRecorder, RefusalRecorder],
})
export class AuditModule {}
