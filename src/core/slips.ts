/** How words look when they are typed in a hurry: stretched, or with one slip in them. */

/** What "ảnhhh" and "pictureee" may be short of their stretching; nothing when no letter is stretched. */
export function stretchedForms(key: string): string[] {
  if (!/(.)\1/u.test(key)) return [];
  return [key.replace(/(.)\1{2,}/gu, "$1$1"), key.replace(/(.)\1+/gu, "$1")];
}

/** Whether two words are the same once no letter is stretched, as "1000" and "10" are. */
export function areOneUnstretched(a: string, b: string): boolean {
  let inA = 0;
  let inB = 0;
  while (inA < a.length && inB < b.length) {
    const letter = a.charCodeAt(inA);
    if (letter !== b.charCodeAt(inB)) return false;
    while (inA < a.length && a.charCodeAt(inA) === letter) inA++;
    while (inB < b.length && b.charCodeAt(inB) === letter) inB++;
  }
  return inA === a.length && inB === b.length;
}

/** Whether one letter is wrong, missing or too many, or two neighbours are swapped. The first letter must be right. */
export function isOneSlipFrom(typed: string, right: string): boolean {
  const longer = typed.length - right.length;
  if (longer < -1 || longer > 1 || typed[0] !== right[0]) return false;
  let at = 1;
  while (at < right.length && typed[at] === right[at]) at++;
  if (longer === 1) return typed.slice(at + 1) === right.slice(at);
  if (longer === -1) return typed.slice(at) === right.slice(at + 1);
  if (typed.slice(at + 1) === right.slice(at + 1)) return true;
  return typed[at] === right[at + 1] && typed[at + 1] === right[at] && typed.slice(at + 2) === right.slice(at + 2);
}
