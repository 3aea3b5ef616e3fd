import { format } from 'oxfmt'
import type { DeclarationReflection, SignatureReflection, SomeType } from 'typedoc'

/** Longer types say what they are made of by names alone. */
const readable = 300

/** A type as TypeScript writes it; one that nobody would read is cut to its outermost part, and an ellipsis. */
export function typeText(type: SomeType | undefined): string {
  if (type === undefined) return 'unknown'
  if (type.type === 'intersection' || type.type === 'union')
    return type.types
      .map((part) => (callOf(part) ? `(${typeText(part)})` : typeText(part)))
      .join(type.type === 'union' ? ' | ' : ' & ')
  const call = callOf(type)
  if (call) return callText(call, ' => ')
  const text = type.toString()
  if (text.length <= readable) return text
  if (type.type === 'reference') return `${type.name}<…>`
  if (type.type === 'reflection' && type.declaration.children)
    return `{ ${type.declaration.children.map(({ name }) => name).join(', ')}, … }`
  return text
}

/** The signature of a type that is a function and nothing else. */
function callOf(type: SomeType): SignatureReflection | undefined {
  if (type.type !== 'reflection' || type.declaration.children) return undefined
  const { signatures = [] } = type.declaration
  return signatures.length === 1 ? signatures[0] : undefined
}

/** The parameters in angle brackets; nothing where there are none. */
export function typeParameters({ typeParameters }: DeclarationReflection | SignatureReflection): string {
  if (!typeParameters?.length) return ''
  const written = typeParameters.map(
    ({ name, type, default: fallback }) =>
      name +
      (type === undefined ? '' : ` extends ${typeText(type)}`) +
      (fallback === undefined ? '' : ` = ${typeText(fallback)}`),
  )
  return `<${written.join(', ')}>`
}

/** `<T>(x: A, y?: B): C`; with another mark, what comes between the parameters and the result. */
export function callText(signature: SignatureReflection, mark = ': '): string {
  const parameters = (signature.parameters ?? []).map(({ name, type, flags, defaultValue }) => {
    const isOptional = flags.isOptional || defaultValue !== undefined
    return `${flags.isRest ? '...' : ''}${plainName(name)}${isOptional ? '?' : ''}: ${typeText(type)}`
  })
  return `${typeParameters(signature)}(${parameters.join(', ')})${mark}${typeText(signature.type)}`
}

/** A pattern has no name of its own. */
export const plainName = (name: string) => (name === '__namedParameters' ? 'options' : name)

/** Declarations laid out for a narrow page; as they are where they leave something out, which is no TypeScript. */
export async function laidOut(declaration: string): Promise<string> {
  const { code, errors } = await format('api.d.ts', declaration, {
    semi: false,
    singleQuote: true,
    printWidth: 76,
  })
  return errors.length > 0 ? declaration : code.trimEnd()
}
