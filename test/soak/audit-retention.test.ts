import { auditRetention } from '../process/audit-retention-cases.js';

auditRetention('long');
