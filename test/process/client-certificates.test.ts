import { clientCertificates } from './client-certificates-cases.js';

clientCertificates('short');
