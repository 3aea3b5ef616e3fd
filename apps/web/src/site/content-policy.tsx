/**
 * What a page may load: its own files, and the WebAssembly that our backend writes. Workers made from a blob inherit
 * it. The development server evaluates text and talks over a socket, so the policy is for builds.
 */
const policy = [
  "default-src 'self'",
  // a static export has inline scripts, and no server that could sign them
  "script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval' blob:",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data: blob:",
  "font-src 'self' data:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "form-action 'none'",
].join('; ')

export const ContentPolicy = () =>
  process.env.NODE_ENV === 'production' ? <meta httpEquiv="Content-Security-Policy" content={policy} /> : null
