import type { ApiResponseOptions } from '@nestjs/swagger';

/** The stream of events, as the document of the registry describes it. */
export const EVENT_STREAM_RESPONSE = {
  description: 'Events as they happen',
  headers: {
    'X-Accel-Buffering': { description: '`no`: proxies pass events on at once', schema: { type: 'string' } },
  },
  content: {
    'text/event-stream': {
      schema: {
        type: 'string',
        example:
          'event: health\ndata: {"appKey":"orders","environment":"production","from":"ACTIVE","to":"INACTIVE"}\n\n',
      },
    },
  },
} satisfies ApiResponseOptions;
