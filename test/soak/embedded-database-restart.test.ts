import { embeddedDatabaseRestart } from '../process/embedded-database-restart-cases.js';

embeddedDatabaseRestart(['2']);
