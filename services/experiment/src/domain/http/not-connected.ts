/** Codes of errors of connections that were never made. */
const NOT_CONNECTED = [
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
];

/** The code of an error of fetch that shows that no connection was made, so that nothing was sent; undefined for any other error. */
export function notConnectedCode(error: unknown): string | undefined {
  const { cause } = error as { readonly cause?: { readonly code?: string } };
  return cause?.code !== undefined && NOT_CONNECTED.includes(cause.code) ? cause.code : undefined;
}
