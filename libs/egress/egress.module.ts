import { type DynamicModule, Global, Module, type OnApplicationShutdown } from '@nestjs/common';
import { Tracing } from '#libs/tracing/tracing.js';
import { EgressClient } from './egress-client.js';
import { EgressPolicy, type EgressSettings } from './egress-policy.js';

export interface EgressModuleOptions {
  readonly settings: EgressSettings;
  /** For a whole exchange with the other side. */
  readonly timeoutMs: number;
}

/** Gives every feature the one policy of what may be reached, and the one client that reaches it. */
@Global()
@Module({})
export class EgressModule implements OnApplicationShutdown {
  static register({ settings, timeoutMs }: EgressModuleOptions): DynamicModule {
    return {
      module: EgressModule,
      providers: [
        { provide: EgressPolicy, useFactory: () => new EgressPolicy(settings) },
        {
          provide: EgressClient,
          inject: [EgressPolicy, Tracing],
          useFactory: (policy: EgressPolicy, tracing: Tracing) =>
            new EgressClient({ policy, timeoutMs, tracing }),
        },
      ],
      exports: [EgressPolicy, EgressClient],
    };
  }

  constructor(private readonly client: EgressClient) {}

  onApplicationShutdown(): void {
    this.client.close();
  }
}
