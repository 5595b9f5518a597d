import { embeddedPostgres } from '../database/embedded-postgres-cases.js';

embeddedPostgres('long');
