import { auditRetention } from './audit-retention-cases.js';

auditRetention('short');
