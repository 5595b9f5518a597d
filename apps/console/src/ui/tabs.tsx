import type { ComponentChildren } from 'preact';

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly {
    readonly href: string;
    readonly isHere: boolean;
    readonly title: ComponentChildren;
  }[];
}

/** Parts of a page, each with an address of its own. */
export function Tabs({ label, tabs }: TabsProps) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ href, isHere, title }) => (
        <a key={href} href={href} aria-current={isHere ? 'page' : undefined}>
          {title}
        </a>
      ))}
    </nav>
  );
}
