import { Module } from '@nestjs/common';
import { ConsoleFiles } from './console-files.js';
import { ConsoleRoutes } from './console-routes.js';

/** The console of operators in the browser, as it was built: it talks to the API like any other client. */
@Module({ providers: [ConsoleRoutes, ConsoleFiles] })
export class ConsoleModule {}
