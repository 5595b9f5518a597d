import { workers } from '../process/workers-cases.js';

workers('long');
