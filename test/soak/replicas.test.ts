import { replicas } from '../health/replicas-cases.js';

replicas({ rounds: 10, machine: 'alone' });
