/** `libs/openapi/read-lone-document.ts`, which the build puts here: it is compiled with the types of the service. */
declare module 'openapi-reader' {
  interface LoneDocument {
    readonly body: string;
    readonly endpoints: number;
    readonly notes: readonly string[];
  }

  export function readLoneDocument(bytes: Uint8Array, baseDomain: string | null): Promise<LoneDocument>;
}
