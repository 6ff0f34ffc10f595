/** 1 to 63 of a-z, 0-9 and "-", the first a letter or digit. */
export const isStudyName = (name: string): boolean => /^[a-z0-9][a-z0-9-]{0,62}$/.test(name);

/**
 * The rule of study names, its reason, and the valid name nearest to `given`. It names a folder, the study in the
 * agent's API, keys of the event log and, with NATS, subjects and consumers, and is valid for all of these, on
 * case-insensitive file systems as well.
 */
export function studyNameRule(given: string): string {
  const near = given
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 63)
    .replaceAll(/^-+|-+$/g, '');
  const rule = 'right would be 1 to 63 of a-z, 0-9 and "-", the first a letter or digit';
  const why = "since it names the run folder, the study in the agent's API and subjects of the event log";
  return `${rule}, ${why}; such as "name: ${near || 'my-study'}"`;
}
