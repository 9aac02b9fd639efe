/** A description that is all text, also of several pieces and lines. What is computed stays. */
const DESCRIPTION = /\.describe\(\s*(?:(?:'(?:[^'\\\n]|\\.)*'|`(?:[^`\\$]|\\.)*`)\s*\+?\s*)+,?\s*\)/g;

/**
 * Leaves out what settings and events say of themselves: `.describe('The first day')`. The policy's reference in the README is
 * made of it, and a function never says it: 10 KB. The lines stay where they are, for whoever reads a stack trace.
 * @param source the text of a file of the project
 */
export function withoutDescriptions(source: string): string {
  return source.replace(DESCRIPTION, (description) => description.replaceAll(/[^\n]/g, ''));
}
