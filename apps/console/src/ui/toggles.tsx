interface TogglesProps<Choice extends string> {
  readonly label: string;
  readonly choices: readonly (readonly [choice: Choice, title: string])[];
  readonly chosen: Choice | undefined;
  /** '' when the chosen one is pressed again. */
  readonly onChoose: (choice: Choice | '') => void;
}

/** Buttons of which one at most is pressed. */
export function Toggles<Choice extends string>({ label, choices, chosen, onChoose }: TogglesProps<Choice>) {
  return (
    <div class="toolbar" role="group" aria-label={label}>
      {choices.map(([choice, title]) => (
        <button
          key={choice}
          type="button"
          class="small"
          aria-pressed={choice === chosen}
          onClick={() => {
            onChoose(choice === chosen ? '' : choice);
          }}
        >
          {title}
        </button>
      ))}
    </div>
  );
}
