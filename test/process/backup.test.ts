import { backups } from './backup-cases.js';

backups('short');
