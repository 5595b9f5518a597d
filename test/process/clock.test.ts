import { clockJumps } from './clock-cases.js';

clockJumps([500]);
