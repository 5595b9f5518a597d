type Answers = Readonly<Record<string, () => unknown>>;

/** Answers questions that the benchmark sends to this process, by name. It does not keep the process alive. */
export function answerQuestions(answers: Answers): void {
  process.on('message', (question: string) => {
    void Promise.resolve(answers[question]?.()).then((answer) => process.send?.(answer ?? null));
  });
  process.channel?.unref();
}
