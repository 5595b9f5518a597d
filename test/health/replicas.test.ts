import { replicas } from './replicas-cases.js';

replicas({ rounds: 3, machine: 'shared' });
