import { databaseFaults } from '../process/database-faults-cases.js';

databaseFaults('long');
