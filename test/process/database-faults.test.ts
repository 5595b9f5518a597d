import { databaseFaults } from './database-faults-cases.js';

databaseFaults('short');
