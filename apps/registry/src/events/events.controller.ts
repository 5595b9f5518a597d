import { Controller, Get, Req, Res } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Route } from '#libs/routes/route.decorator.js';
import { EVENT_STREAM_RESPONSE } from './dto/event-stream.response.js';
import { EventsService } from './events.service.js';

@ApiTags('Overview')
@Controller('events')
export class EventsController {
  constructor(private readonly events: EventsService) {}

  @Get()
  @Route('viewer', 'Follow changes as they are committed', {
    ok: EVENT_STREAM_RESPONSE,
    description:
      'An event stream: `application` (`appKey`), `health` (`appKey`, `environment`, `from`, `to`), `audit` (`id` of an entry), and `resync` when ' +
      'changes may have been missed: read again what is shown. A comment every 15 seconds; it ends when the credentials are not accepted any more. ' +
      'At most 50 streams in a process.',
  })
  follow(@Req() request: FastifyRequest, @Res() reply: FastifyReply): Promise<void> {
    return this.events.follow(request, reply);
  }
}
