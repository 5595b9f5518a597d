type Answers = Readonly<Record<string, () => unknown>>;

/** Answers what the benchmark asks this process, by name. Keeps the process no longer than it would live anyway. */
export function answerQuestions(answers: Answers): void {
  process.on('message', (question: string) => {
    void Promise.resolve(answers[question]?.()).then((answer) => process.send?.(answer ?? null));
  });
  process.channel?.unref();
}
