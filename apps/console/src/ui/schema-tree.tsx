import { useSignal } from '@preact/signals';
import { objectOf, resolved, type Schema, textsOf, typeOf } from '../api/json-schema.js';

interface SchemaTreeProps {
  readonly schema: Schema;
  /** What references lead to. */
  readonly definitions: Schema;
}

/** A JSON Schema as a tree; what is below is drawn when it is opened, since schemas may contain themselves. */
export function SchemaTree({ schema, definitions }: SchemaTreeProps) {
  const children = childrenOf(schema, definitions);
  if (children.length === 0) return <span class="muted">{typeOf(schema, definitions)}</span>;
  return (
    <ul class="schema">
      {children.map(({ name, schema: child, isRequired }) => (
        <Branch key={name} name={name} schema={child} isRequired={isRequired} definitions={definitions} />
      ))}
    </ul>
  );
}

interface BranchProps extends SchemaTreeProps {
  readonly name: string;
  readonly isRequired: boolean;
}

function Branch({ name, schema, isRequired, definitions }: BranchProps) {
  const isOpen = useSignal(false);
  const { description } = resolved(schema, definitions);
  const head = (
    <>
      <code>{name}</code>
      {isRequired && <span title="required">*</span>}{' '}
      <span class="muted">
        {typeOf(schema, definitions)}
        {typeof description === 'string' && ` · ${description}`}
      </span>
    </>
  );
  if (childrenOf(schema, definitions).length === 0) return <li>{head}</li>;
  return (
    <li>
      <details
        onToggle={(event) => {
          isOpen.value = event.currentTarget.open;
        }}
      >
        <summary>{head}</summary>
        {isOpen.value && <SchemaTree schema={schema} definitions={definitions} />}
      </details>
    </li>
  );
}

interface Child {
  readonly name: string;
  readonly schema: Schema;
  readonly isRequired: boolean;
}

function childrenOf(given: Schema, definitions: Schema): Child[] {
  const schema = resolved(given, definitions);
  const required = textsOf(schema.required);
  const properties = Object.entries(objectOf(schema.properties) ?? {}).map(([name, value]) => ({
    name,
    schema: objectOf(value) ?? {},
    isRequired: required.includes(name),
  }));
  const parts = ['allOf', 'oneOf', 'anyOf'].flatMap((keyword) => {
    const list = schema[keyword];
    if (!Array.isArray(list)) return [];
    return list.map((value, index) => ({
      name: `${keyword} ${index + 1}`,
      schema: objectOf(value) ?? {},
      isRequired: false,
    }));
  });
  const items = objectOf(schema.items);
  return [...properties, ...parts, ...(items === undefined ? [] : childrenOf(items, definitions))];
}
