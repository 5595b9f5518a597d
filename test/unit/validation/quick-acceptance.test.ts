import { IsString, MinLength, ValidateIf } from 'class-validator';
import { Converted, instanceFrom } from '#libs/validation/field-conversion.js';
import { FlagField, ObjectsField, TextField } from '#libs/validation/fields.js';
import { InputValidationPipe } from '#libs/validation/input-validation.pipe.js';
import { isQuicklyAccepted } from '#libs/validation/quick-acceptance.js';
import { describe, expect, it } from '../../support/jest.js';

class Part {
  @TextField({ description: 'Name', maxLength: 5 })
  readonly name!: string;
}

class Whole extends Part {
  @FlagField({ description: 'Flag', presence: 'optional' })
  readonly flag?: boolean | null;
}

const accepted = (type: new () => object, source: object): boolean =>
  isQuicklyAccepted(instanceFrom(type, source));

describe('quick acceptance', () => {
  it('is given to what meets the own and the inherited rules', () => {
    expect(accepted(Whole, { name: 'five5' })).toBe(true);
    expect(accepted(Whole, { name: 'five5', flag: null })).toBe(true);
    expect(accepted(Whole, { name: 'beyond' })).toBe(false);
    expect(accepted(Whole, { name: 'five5', flag: 'perhaps' })).toBe(false);
    expect(accepted(Whole, { flag: true })).toBe(false);
  });

  it('heeds rules of class-validator next to those of the fields', () => {
    class Mixed extends Part {
      @IsString()
      @MinLength(3, { message: 'must be longer' })
      @ValidateIf((_, value) => value !== 7)
      @Converted()
      readonly text!: unknown;
    }
    expect(accepted(Mixed, { name: 'a', text: 'abc' })).toBe(true);
    expect(accepted(Mixed, { name: 'a', text: 7 })).toBe(true);
    expect(accepted(Mixed, { name: 'a', text: 'ab' })).toBe(false);
    expect(accepted(Mixed, { name: 'a', text: 8 })).toBe(false);
  });

  it('is never given where more than rules for single values is declared', () => {
    class Nesting {
      @ObjectsField(Part, { description: 'Parts', maxItems: 2 })
      readonly parts!: Part[];
    }
    class Grouped {
      @MinLength(3, { groups: ['a group'] })
      @Converted()
      readonly text!: string;
    }
    class Each {
      @MinLength(3, { each: true })
      @Converted()
      readonly texts!: string[];
    }
    class Bare {
      @Converted()
      readonly text!: string;
    }
    expect(accepted(Nesting, { parts: [{ name: 'a' }] })).toBe(false);
    expect(accepted(Grouped, { text: 'abc' })).toBe(false);
    expect(accepted(Each, { texts: ['abc'] })).toBe(false);
    expect(accepted(Bare, { text: 'abc' })).toBe(false);
  });

  it('leaves it to class-validator to drop properties without a rule', async () => {
    class Partly extends Part {
      @Converted()
      readonly other?: string;
    }
    const source = { name: 'a', other: 'b' };
    expect(accepted(Partly, source)).toBe(false);
    const pipe = new InputValidationPipe();
    expect(await pipe.transform(source, { type: 'body', metatype: Partly })).toEqual({ name: 'a' });
  });
});
