import { clientCertificates } from '../process/client-certificates-cases.js';

clientCertificates('long');
