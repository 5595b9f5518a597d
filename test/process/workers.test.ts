import { workers } from './workers-cases.js';

workers('short');
