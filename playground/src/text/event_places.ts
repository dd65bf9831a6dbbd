/** Where the events are in the text: begin and end of each, which move along while the text is edited. */

export interface Change {
  /** UTF-16 offsets in the text before, and how many code units are there now. */
  from: number;
  to: number;
  inserted: number;
}

export class EventPlaces {
  private constructor(
    private readonly begins: Int32Array,
    private readonly ends: Int32Array,
  ) {}

  static readonly none = new EventPlaces(new Int32Array(0), new Int32Array(0));

  static of(ranges: readonly (readonly [begin: number, end: number])[]): EventPlaces {
    const begins = new Int32Array(ranges.length);
    const ends = new Int32Array(ranges.length);
    ranges.forEach(([begin, end], index) => {
      begins[index] = begin;
      ends[index] = end;
    });
    return new EventPlaces(begins, ends);
  }

  get count(): number {
    return this.begins.length;
  }

  /** Returns begin and end of an event, numbered from 1; null if there is none. */
  range(number: number): [begin: number, end: number] | null {
    const begin = this.begins[number - 1];
    const end = this.ends[number - 1];
    return begin === undefined || end === undefined ? null : [begin, end];
  }

  /** Returns the number of the first event that ends at `offset` or later; one more than there are if none does. */
  firstFrom(offset: number): number {
    let low = 0;
    let high = this.ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ends[middle]! < offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  }

  /** Returns the number of the event that begins or goes on between two offsets; null if there is none. */
  within(from: number, to: number): number | null {
    const number = this.firstFrom(from);
    const begin = this.begins[number - 1];
    return begin !== undefined && begin <= to ? number : null;
  }

  /** Returns the number of the first event that begins between two offsets; null if none does. */
  beginning(from: number, to: number): number | null {
    for (let number = this.firstFrom(from); number <= this.count; number += 1) {
      const begin = this.begins[number - 1]!;
      if (begin > to) return null;
      if (begin >= from) return number;
    }
    return null;
  }

  /** Returns the places after a change of the text. */
  moved({ from, to, inserted }: Change): EventPlaces {
    const shift = inserted - (to - from);
    const move = (offset: number): number => (offset <= from ? offset : offset >= to ? offset + shift : from);
    return new EventPlaces(this.begins.map(move), this.ends.map(move));
  }
}
