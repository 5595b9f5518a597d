import { slowClients } from './slow-clients-cases.js';

slowClients('short');
