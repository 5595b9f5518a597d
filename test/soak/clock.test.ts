import { clockJumps } from '../process/clock-cases.js';

clockJumps([-500, 0.5]);
