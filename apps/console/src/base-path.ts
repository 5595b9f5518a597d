/** BASE_PATH of the service, which it writes into the page: '' or '/api/registry'. */
export const BASE_PATH = document.querySelector<HTMLMetaElement>('meta[name="base-path"]')?.content ?? '';

/** Where the pages of the console are. */
export const CONSOLE_PATH = `${BASE_PATH}/console`;
