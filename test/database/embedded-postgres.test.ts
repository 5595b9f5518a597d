import { embeddedPostgres } from './embedded-postgres-cases.js';

embeddedPostgres('short');
