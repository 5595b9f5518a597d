import { editedStateTag } from './edited-state-tag.js';

/** A response with the entity tag of the resource as it is now. */
export class TaggedResponse<Body extends object> {
  constructor(
    readonly body: Body,
    /** undefined: the resource was changed without a demand, whose tag would cost more than it is worth. */
    readonly tag: string | undefined,
  ) {}

  /** @param representation all that the GET of the resource answers */
  static of<Body extends object>(representation: Body): TaggedResponse<Body> {
    return new TaggedResponse(representation, editedStateTag(representation));
  }
}
