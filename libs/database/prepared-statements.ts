/** Names by statement. */
const names = new Map<string, string>();

/**
 * Has every connection keep the plan of a statement, for those that take longer to plan than to execute. There must be few,
 * and each names the columns it returns: a plan does not survive that `*` means others.
 *
 * @returns the statement
 */
export function prepared(statement: string): string {
  if (!names.has(statement)) names.set(statement, `mcp_registry_${names.size + 1}`);
  return statement;
}

interface Connection {
  query(...parameters: unknown[]): unknown;
}

/** Gives a new connection the names of {@link prepared} statements. Not behind a transaction pooler, which keeps no plans. */
export function nameStatements(connection: Connection): void {
  const query = connection.query.bind(connection);
  connection.query = (statement: unknown, values: unknown, ...rest: unknown[]) => {
    const name = typeof statement === 'string' ? names.get(statement) : undefined;
    return name === undefined
      ? query(statement, values, ...rest)
      : query({ name, text: statement, values }, ...rest);
  };
}
