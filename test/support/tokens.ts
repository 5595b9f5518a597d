import { Tiktoken } from 'js-tiktoken/lite';
import cl100k from 'js-tiktoken/ranks/cl100k_base';
import o200k from 'js-tiktoken/ranks/o200k_base';

const TOKENIZERS = [new Tiktoken(cl100k), new Tiktoken(o200k)];

/** How many tokens two real tokenizers count for a text: the larger number. */
export function tokensOf(text: string): number {
  return Math.max(...TOKENIZERS.map((tokenizer) => tokenizer.encode(text, [], []).length));
}

export function medianOf(numbers: readonly number[]): number {
  return numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length / 2)] ?? NaN;
}
