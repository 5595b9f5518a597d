import { replicas } from '../health/replicas-cases.js';

replicas(10);
