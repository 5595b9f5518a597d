import { Module } from '@nestjs/common';
import { SessionVerifier } from '#libs/access/session-verifier.js';
import { OperatorsModule } from '../operators/operators.module.js';
import { OperatorSessionsController } from './operator-sessions.controller.js';
import { RegistrySessionVerifier } from './registry-session.verifier.js';
import { SessionController } from './session.controller.js';
import { SessionUses } from './session-uses.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';
import { SignInAttempts } from './sign-in-attempts.js';

@Module({
  imports: [OperatorsModule],
  controllers: [SessionController, OperatorSessionsController],
  providers: [
    SessionsService,
    SessionsRepository,
    SessionUses,
    SignInAttempts,
    RegistrySessionVerifier,
    { provide: SessionVerifier, useExisting: RegistrySessionVerifier },
  ],
  exports: [SessionVerifier, SessionUses],
})
export class SessionsModule {}
