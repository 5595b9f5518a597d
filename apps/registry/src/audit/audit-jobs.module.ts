import { Module } from '@nestjs/common';
import { periodicJob } from '#libs/scheduling/periodic-job.js';
import { AuditModule } from './audit.module.js';
import { AuditPruningService } from './audit-pruning.service.js';
import { AuditSealer } from './chain/audit-sealer.js';
import { RefusalLog } from './refusal-log.js';

/** Half of the second in which an entry is to be sealed. */
const SEAL_EVERY_MS = 500;

/** The background jobs of the audit trail. */
@Module({
  imports: [AuditModule],
  providers: [
    periodicJob(
      { name: 'prune the audit trail', everyMs: 10 * 60_000, atStart: true },
      [AuditPruningService],
      (signal, pruning) => pruning.prune(signal),
    ),
    periodicJob(
      { name: 'seal the audit trail', everyMs: SEAL_EVERY_MS, atStart: true },
      [AuditSealer],
      (signal, sealer) => sealer.seal(signal),
    ),
    periodicJob({ name: 'write refused credentials', everyMs: 5000 }, [RefusalLog], (_, refusals) =>
      refusals.flush(),
    ),
  ],
})
export class AuditJobsModule {}
