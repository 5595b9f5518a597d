import { API_DOCUMENTS } from '../../support/api-documents.js';
import { describe, expect, it } from '../../support/jest.js';
import { expectLossless } from '../../support/lossless-documents.js';

describe.each(Object.entries(API_DOCUMENTS))('%s', (_, file) => {
  it('loses no operation, and comes back as it was from a valid document', async () => {
    expect((await expectLossless(file)).endpoints).toBeGreaterThan(0);
  });
});
