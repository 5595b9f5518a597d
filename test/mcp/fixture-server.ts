// The suite tries what the newest version has removed, too.
/* eslint-disable @typescript-eslint/no-deprecated */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  acceptedContent,
  type CallToolResult,
  createRequestStateCodec,
  type GetPromptResult,
  inputRequired,
  type InputRequiredResult,
  inputResponse,
  ProtocolError,
  ProtocolErrorCode,
  Server,
  type ServerContext,
} from '@modelcontextprotocol/server';

/** The smallest PNG and WAV. */
const PNG =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==';
const WAV = 'UklGRiQAAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAAZGF0YQAAAAA=';

type ToolOutcome = CallToolResult | InputRequiredResult;
type ToolHandler = (
  args: Record<string, unknown>,
  context: ServerContext,
) => ToolOutcome | Promise<ToolOutcome>;

const text = (value: string): CallToolResult => ({ content: [{ type: 'text', text: value }] });
const image = { type: 'image' as const, data: PNG, mimeType: 'image/png' };
const textOf = (value: unknown): string => JSON.stringify(value);

const states = createRequestStateCodec({ key: 'the key of the fixture, which signs its states' });
const NAME_SCHEMA = {
  type: 'object' as const,
  properties: { name: { type: 'string' as const } },
  required: ['name'],
};
const askName = inputRequired.elicit({ message: 'What is your name?', requestedSchema: NAME_SCHEMA });
const say = (prompt: string, maxTokens: number) =>
  inputRequired.createMessage({
    messages: [{ role: 'user', content: { type: 'text', text: prompt } }],
    maxTokens,
  });

async function confirmed(context: ServerContext): Promise<ToolOutcome> {
  const answered = acceptedContent(context.mcpReq.inputResponses, 'confirm');
  if (answered !== undefined && context.mcpReq.requestState() !== undefined) return text('state-ok');
  return inputRequired({
    inputRequests: {
      confirm: inputRequired.elicit({
        message: 'Please confirm',
        requestedSchema: { type: 'object', properties: { ok: { type: 'boolean' } }, required: ['ok'] },
      }),
    },
    requestState: await states.mint({ step: 'confirm' }),
  });
}

/** Asks a client of the version before for something, over the stream of its request. */
const elicited =
  (message: string, properties: Record<string, unknown>, required: readonly string[] = []): ToolHandler =>
  async (_, context) => {
    const { action, content } = await context.mcpReq.elicitInput({
      message,
      requestedSchema: { type: 'object', properties, required } as never,
    });
    return text(`Elicitation completed: action=${action}, content=${textOf(content)}`);
  };

const options = ['option1', 'option2', 'option3'];
const titled = (word: string) => [1, 2, 3].map((n) => ({ const: `value${n}`, title: `${word} ${n}` }));

/** What the conformance suite calls, by the names that it has for it. */
const TOOLS: Readonly<Record<string, ToolHandler>> = {
  test_simple_text: () => text('This is a simple text response for testing.'),
  test_image_content: () => ({ content: [image] }),
  test_audio_content: () => ({ content: [{ type: 'audio', data: WAV, mimeType: 'audio/wav' }] }),
  test_embedded_resource: () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  }),
  test_multiple_content_types: () => ({
    content: [
      { type: 'text', text: 'Multiple content types test:' },
      image,
      {
        type: 'resource',
        resource: {
          uri: 'test://mixed-content-resource',
          mimeType: 'application/json',
          text: '{"test":"data","value":123}',
        },
      },
    ],
  }),
  test_error_handling: () => ({
    ...text('This tool intentionally returns an error for testing'),
    isError: true,
  }),
  test_tool_with_progress: async (_, { mcpReq }) => {
    const progressToken = mcpReq._meta?.progressToken;
    for (const progress of [0, 50, 100]) {
      if (progressToken !== undefined) {
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress, total: 100 },
        });
      }
      await sleep(20);
    }
    return text('Done');
  },
  test_tool_with_logging: async (_, { mcpReq }) => {
    for (const step of ['execution started', 'processing data', 'execution completed']) {
      await mcpReq.log('info', `Tool ${step}`);
      await sleep(20);
    }
    return text('Done');
  },
  test_sampling: async ({ prompt }, { mcpReq }) => {
    const { content } = await mcpReq.requestSampling({
      messages: [{ role: 'user', content: { type: 'text', text: String(prompt) } }],
      maxTokens: 100,
    });
    return text(`LLM response: ${textOf(content)}`);
  },
  test_elicitation: async ({ message }, context) => {
    const { action, content } = await context.mcpReq.elicitInput({
      message: String(message),
      requestedSchema: {
        type: 'object',
        properties: {
          username: { type: 'string', description: "User's response" },
          email: { type: 'string', description: "User's email address" },
        },
        required: ['username', 'email'],
      },
    });
    return text(`User response: action=${action}, content=${textOf(content)}`);
  },
  test_elicitation_sep1034_defaults: elicited('Defaults', {
    name: { type: 'string', default: 'John Doe' },
    age: { type: 'integer', default: 30 },
    score: { type: 'number', default: 95.5 },
    status: { type: 'string', enum: ['active', 'inactive', 'pending'], default: 'active' },
    verified: { type: 'boolean', default: true },
  }),
  test_elicitation_sep1330_enums: elicited('Choices', {
    untitledSingle: { type: 'string', enum: options },
    titledSingle: { type: 'string', oneOf: titled('Option') },
    legacyEnum: { type: 'string', enum: ['opt1', 'opt2', 'opt3'], enumNames: ['One', 'Two', 'Three'] },
    untitledMulti: { type: 'array', items: { type: 'string', enum: options } },
    titledMulti: { type: 'array', items: { anyOf: titled('Choice') } },
  }),
  test_input_required_result_elicitation: (_, { mcpReq }) => {
    const name = acceptedContent(mcpReq.inputResponses, 'user_name')?.name;
    if (typeof name === 'string') return text(`Hello, ${name}!`);
    return inputRequired({ inputRequests: { user_name: askName } });
  },
  test_input_required_result_sampling: (_, { mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, 'capital_question');
    if (answer.kind === 'sampling') return text(textOf(answer.result.content));
    return inputRequired({ inputRequests: { capital_question: say('What is the capital of France?', 100) } });
  },
  test_input_required_result_list_roots: (_, { mcpReq }) => {
    const answer = inputResponse(mcpReq.inputResponses, 'client_roots');
    if (answer.kind === 'roots') return text(textOf(answer.roots));
    return inputRequired({ inputRequests: { client_roots: inputRequired.listRoots() } });
  },
  test_input_required_result_request_state: (_, context) => confirmed(context),
  test_input_required_result_tampered_state: (_, context) => confirmed(context),
  test_input_required_result_multiple_inputs: async (_, { mcpReq }) => {
    const given = Object.keys(mcpReq.inputResponses ?? {});
    const asked = ['user_name', 'greeting', 'client_roots'];
    if (asked.every((key) => given.includes(key)) && mcpReq.requestState() !== undefined)
      return text('All given');
    return inputRequired({
      inputRequests: {
        user_name: askName,
        greeting: say('Generate a greeting', 50),
        client_roots: inputRequired.listRoots(),
      },
      requestState: await states.mint({ step: 'all' }),
    });
  },
  test_input_required_result_multi_round: async (_, { mcpReq }) => {
    const step = async (key: string, message: string, property: string): Promise<InputRequiredResult> =>
      inputRequired({
        inputRequests: {
          [key]: inputRequired.elicit({
            message,
            requestedSchema: {
              type: 'object',
              properties: { [property]: { type: 'string' } },
              required: [property],
            },
          }),
        },
        requestState: await states.mint({ step: key }),
      });
    if (acceptedContent(mcpReq.inputResponses, 'step2') !== undefined) return text('Both steps done');
    return acceptedContent(mcpReq.inputResponses, 'step1') === undefined
      ? step('step1', 'Step 1: What is your name?', 'name')
      : step('step2', 'Step 2: What is your favorite color?', 'color');
  },
  test_missing_capability: () =>
    inputRequired({ inputRequests: { greeting: say('Generate a greeting', 50) } }),
  test_streaming_elicitation: async (_, { mcpReq }) => {
    await mcpReq.log('info', 'Asks in a moment');
    return inputRequired({ inputRequests: { user_name: askName } });
  },
  test_logging_tool: async (_, { mcpReq }) => {
    await mcpReq.log('info', 'Logged');
    return text('Logged');
  },
  test_input_required_result_capabilities: (_, { mcpReq }) => {
    const envelope = (mcpReq.envelope ?? {}) as Readonly<Record<string, object | undefined>>;
    const declared = { ...envelope['io.modelcontextprotocol/clientCapabilities'] } as Record<string, unknown>;
    return inputRequired({
      inputRequests: {
        ...(declared.elicitation !== undefined && { user_name: askName }),
        ...(declared.sampling !== undefined && { greeting: say('Generate a greeting', 50) }),
      },
      requestState: 'asked',
    });
  },
};

const PROMPTS: Readonly<
  Record<
    string,
    {
      readonly args: readonly string[];
      get(args: Record<string, string>, context: ServerContext): GetPromptResult | InputRequiredResult;
    }
  >
> = {
  test_simple_prompt: { args: [], get: () => said('This is a simple prompt for testing.') },
  test_prompt_with_arguments: {
    args: ['arg1', 'arg2'],
    get: ({ arg1 = '', arg2 = '' }) => said(`Prompt with arguments: arg1='${arg1}', arg2='${arg2}'`),
  },
  test_prompt_with_embedded_resource: {
    args: ['resourceUri'],
    get: ({ resourceUri = '' }) => ({
      messages: [
        {
          role: 'user',
          content: {
            type: 'resource',
            resource: {
              uri: resourceUri,
              mimeType: 'text/plain',
              text: 'Embedded resource content for testing.',
            },
          },
        },
        ...said('Please process the embedded resource above.').messages,
      ],
    }),
  },
  test_prompt_with_image: {
    args: [],
    get: () => ({
      messages: [{ role: 'user', content: image }, ...said('Please analyze the image above.').messages],
    }),
  },
  test_input_required_result_prompt: {
    args: [],
    get: (_, { mcpReq }) => {
      const given = acceptedContent(mcpReq.inputResponses, 'user_context');
      if (given !== undefined) return said(textOf(given));
      return inputRequired({
        inputRequests: {
          user_context: inputRequired.elicit({
            message: 'What context should the prompt use?',
            requestedSchema: {
              type: 'object',
              properties: { context: { type: 'string' } },
              required: ['context'],
            },
          }),
        },
      });
    },
  },
};

function said(words: string): GetPromptResult {
  return { messages: [{ role: 'user', content: { type: 'text', text: words } }] };
}

const RESOURCES: Readonly<
  Record<string, { readonly mimeType: string; readonly text?: string; readonly blob?: string }>
> = {
  'test://static-text': { mimeType: 'text/plain', text: 'This is the content of the static text resource.' },
  'test://static-binary': { mimeType: 'image/png', blob: PNG },
  'test://watched-resource': { mimeType: 'text/plain', text: 'Watched.' },
};

function resource(uri: string): { uri: string; mimeType: string; text: string } {
  const known = RESOURCES[uri];
  if (known !== undefined) return { uri, ...known } as ReturnType<typeof resource>;
  const [, id] = /^test:\/\/template\/([^/]+)\/data$/.exec(uri) ?? [];
  if (id === undefined) {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, 'Resource not found', { uri });
  }
  const data = JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` });
  return { uri, mimeType: 'application/json', text: data };
}

const HOUR = { ttlMs: 3_600_000, cacheScope: 'public' as const };

/** An MCP server with all that the official conformance suite asks of one, to try the transport with. */
export function fixtureServer(): Server {
  const server = new Server(
    { name: 'fixture', version: '1' },
    {
      capabilities: {
        tools: {},
        prompts: {},
        resources: { subscribe: true },
        completions: {},
        logging: {},
      },
      requestState: { verify: (state, context) => states.verify(state, context) },
      cacheHints: {
        'tools/list': HOUR,
        'prompts/list': HOUR,
        'resources/list': HOUR,
        'resources/templates/list': HOUR,
        'resources/read': HOUR,
        'server/discover': HOUR,
      },
    },
  );
  server.setRequestHandler('tools/list', () => ({
    tools: Object.keys(TOOLS).map((name) => ({
      name,
      description: `The tool ${name} of the conformance suite`,
      inputSchema: { type: 'object' as const },
    })),
  }));
  server.setRequestHandler('tools/call', ({ params: { name, arguments: args = {} } }, context) => {
    const tool = TOOLS[name];
    if (tool === undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no tool ${name}`);
    return tool(args, context);
  });
  server.setRequestHandler('prompts/list', () => ({
    prompts: Object.entries(PROMPTS).map(([name, { args }]) => ({
      name,
      description: `The prompt ${name}`,
      arguments: args.map((each) => ({ name: each, description: each, required: true })),
    })),
  }));
  server.setRequestHandler('prompts/get', ({ params: { name, arguments: args = {} } }, context) => {
    const prompt = PROMPTS[name];
    if (prompt === undefined)
      throw new ProtocolError(ProtocolErrorCode.InvalidParams, `There is no prompt ${name}`);
    return prompt.get(args, context);
  });
  server.setRequestHandler('resources/list', () => ({
    resources: Object.entries(RESOURCES).map(([uri, { mimeType }]) => ({
      uri,
      name: uri,
      description: `The resource ${uri}`,
      mimeType,
    })),
  }));
  server.setRequestHandler('resources/templates/list', () => ({
    resourceTemplates: [
      { uriTemplate: 'test://template/{id}/data', name: 'template', description: 'A template' },
    ],
  }));
  server.setRequestHandler('resources/read', ({ params: { uri } }) => ({ contents: [resource(uri)] }));
  server.setRequestHandler('resources/subscribe', () => ({}));
  server.setRequestHandler('resources/unsubscribe', () => ({}));
  server.setRequestHandler('completion/complete', () => ({
    completion: { values: ['paris'], hasMore: false },
  }));
  return server;
}
