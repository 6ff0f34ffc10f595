type Fields = Readonly<Record<string, unknown>>;

/** `own` over `defaults`: sections are merged field by field, every other value of `own` replaces that of `defaults`. */
export function mergeFields(defaults: Fields, own: Fields): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...defaults };
  for (const [name, value] of Object.entries(own)) {
    const standing = merged[name];
    merged[name] = isSection(standing) && isSection(value) ? mergeFields(standing, value) : value;
  }
  return merged;
}

function isSection(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
