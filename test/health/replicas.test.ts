import { replicas } from './replicas-cases.js';

replicas(3);
