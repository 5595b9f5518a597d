import { startAndEnd } from './start-cases.js';

startAndEnd('short');
