/** The elementwise ops: tables of values and derivatives. */
export * from './binary.js'
export * from './unary.js'
