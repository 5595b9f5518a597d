import { startAndEnd } from '../process/start-cases.js';

startAndEnd('long');
