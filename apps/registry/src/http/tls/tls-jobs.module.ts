import { type DynamicModule, Module } from '@nestjs/common';
import { periodicJob } from '#libs/scheduling/periodic-job.js';
import { ListenerTls } from './listener-tls.js';

/** The background job of TLS. Not by a watcher: mounts of Kubernetes and network file systems do not always tell. */
@Module({})
export class TlsJobsModule {
  static register(tls: ListenerTls): DynamicModule {
    return {
      module: TlsJobsModule,
      providers: [
        { provide: ListenerTls, useValue: tls },
        periodicJob({ name: 'read changed TLS files', everyMs: 2000 }, [ListenerTls], (_, listener) => {
          listener.reload();
          return Promise.resolve();
        }),
      ],
    };
  }
}
