import { CONSOLE_PATH } from '../../base-path.js';
import { AuditList } from '../../ui/audit-list.js';
import { Command, quoted } from '../../ui/copy.js';
import type { TabProps } from './tab-props.js';

/** The audit trail of the application, in all of its environments. */
export function ActivityTab({ application: { appKey } }: TabProps) {
  return (
    <>
      <AuditList filters={{ app_key: appKey }} none="Nothing has happened yet." />
      <p>
        <a href={`${CONSOLE_PATH}/activity?app_key=${encodeURIComponent(appKey)}`}>With more filters</a>
      </p>
      <Command text={`mcp-registry audit list --application ${quoted(appKey)}`} />
    </>
  );
}
