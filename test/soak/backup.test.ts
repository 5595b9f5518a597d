import { backups } from '../process/backup-cases.js';

backups('long');
