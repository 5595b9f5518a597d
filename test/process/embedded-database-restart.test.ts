import { embeddedDatabaseRestart } from './embedded-database-restart-cases.js';

embeddedDatabaseRestart(['1']);
