import { CreateRegistry1763798400000 } from './1763798400000-create-registry.js';
import { CreateAuditLog1763798400001 } from './1763798400001-create-audit-log.js';
import { CreateHealthTargets1763798400002 } from './1763798400002-create-health-targets.js';
import { CreateHealthHistory1763798400003 } from './1763798400003-create-health-history.js';
import { AnnounceChanges1763798400004 } from './1763798400004-announce-changes.js';
import { PaceChangedTargets1763798400005 } from './1763798400005-pace-changed-targets.js';
import { CreateAuditUsage1763798400006 } from './1763798400006-create-audit-usage.js';
import { CompleteEndpoints1763798400007 } from './1763798400007-complete-endpoints.js';
import { CreateOperators1763798400008 } from './1763798400008-create-operators.js';
import { SealAuditTrail1763798400009 } from './1763798400009-seal-audit-trail.js';
import { CreateOperatorSessions1763798400010 } from './1763798400010-create-operator-sessions.js';
import { CountHealthChecks1763798400020 } from './1763798400020-count-health-checks.js';
import { AddApplicationOwner1763798400021 } from './1763798400021-add-application-owner.js';
import { RestInactiveApplications1763798400022 } from './1763798400022-rest-inactive-applications.js';
import { SecureEnvironments1763798400023 } from './1763798400023-secure-environments.js';
import { MarkImportedRows1763798400024 } from './1763798400024-mark-imported-rows.js';
import { AliasRenamedApplications1763798400030 } from './1763798400030-alias-renamed-applications.js';
import { AnnounceAuditEntries1763798400040 } from './1763798400040-announce-audit-entries.js';

/** Every migration, oldest first. Append only: what was released is never edited. */
export const migrations = [
  CreateRegistry1763798400000,
  CreateAuditLog1763798400001,
  CreateHealthTargets1763798400002,
  CreateHealthHistory1763798400003,
  AnnounceChanges1763798400004,
  PaceChangedTargets1763798400005,
  CreateAuditUsage1763798400006,
  CompleteEndpoints1763798400007,
  CreateOperators1763798400008,
  SealAuditTrail1763798400009,
  CreateOperatorSessions1763798400010,
  CountHealthChecks1763798400020,
  AddApplicationOwner1763798400021,
  RestInactiveApplications1763798400022,
  SecureEnvironments1763798400023,
  MarkImportedRows1763798400024,
  AliasRenamedApplications1763798400030,
  AnnounceAuditEntries1763798400040,
];

/** The name of the migration after which the audit trail is to be signed. */
export const SEALS_AUDIT_TRAIL = SealAuditTrail1763798400009.name;
