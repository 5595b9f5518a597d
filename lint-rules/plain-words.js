/** Words of an old style, each with the plain term (see "Language" in CONTRIBUTING.md). */
const PLAIN_TERMS = {
  whoever: 'the actor: the caller, the client, the operator',
  whomever: 'the actor',
  nobody: 'no client, no process, "not"',
  somebody: 'the actor',
  anybody: 'any client, any caller',
  anew: 'again',
  lately: 'recently',
  vouch: 'verify',
  vouches: 'verifies',
  vouched: 'verified',
  'at sight': 'immediately',
  'in vain': 'without success',
  'for want of': 'without, for lack of',
  'to be had': 'available',
  'comes to its end': 'ends',
  'come to its end': 'end',
  'once and for all': 'permanently',
};

const PATTERN = new RegExp(String.raw`\b(?:${Object.keys(PLAIN_TERMS).join('|')})\b`, 'gi');

/** Reports words of an old style anywhere in a file: names, comments, messages and Markdown. */
export default {
  meta: {
    type: 'suggestion',
    schema: [],
    messages: { word: 'Write plainly: "{{word}}" is {{plain}}.' },
  },
  create(context) {
    const check = (node) => {
      const { text } = context.sourceCode;
      for (const { 0: word, index } of text.matchAll(PATTERN)) {
        const start = context.sourceCode.getLocFromIndex(index);
        const end = context.sourceCode.getLocFromIndex(index + word.length);
        context.report({
          node,
          loc: { start, end },
          messageId: 'word',
          data: { word, plain: PLAIN_TERMS[word.toLowerCase()] },
        });
      }
    };
    return { Program: check, root: check };
  },
};
