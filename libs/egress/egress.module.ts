import { type DynamicModule, Global, Module } from '@nestjs/common';
import { EgressPolicy, type EgressSettings } from './egress-policy.js';

/** Gives every feature the one policy of what may be reached. */
@Global()
@Module({})
export class EgressModule {
  static register(settings: EgressSettings): DynamicModule {
    return {
      module: EgressModule,
      providers: [{ provide: EgressPolicy, useFactory: () => new EgressPolicy(settings) }],
      exports: [EgressPolicy],
    };
  }
}
