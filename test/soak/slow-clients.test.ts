import { slowClients } from '../e2e/slow-clients-cases.js';

slowClients('long');
