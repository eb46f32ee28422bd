/** Values of one label, of which there is an end: the first so many by their name, all others together. */
export class Labels {
  private readonly known = new Set<string>();

  constructor(private readonly most: number) {}

  of(value: string): string {
    if (this.known.has(value)) return value;
    if (this.known.size >= this.most) return "other";
    this.known.add(value);
    return value;
  }
}
