import {
  ReflectionKind,
  type Comment,
  type DeclarationReflection,
  type Serializer,
  type SignatureReflection,
  type SomeType,
} from 'typedoc'
import type { ApiFacts, ApiRow, ApiSymbol } from '../../src/reference/api/model.js'
import { block, examplesOf, firstSentence, inline, tagged } from './docstring.js'
import { callText, laidOut, plainName, typeParameters, typeText } from './types.js'

const kinds: Readonly<Partial<Record<ReflectionKind, ApiSymbol['kind']>>> = {
  [ReflectionKind.Function]: 'function',
  [ReflectionKind.Class]: 'class',
  [ReflectionKind.Interface]: 'interface',
  [ReflectionKind.TypeAlias]: 'type',
  [ReflectionKind.Variable]: 'constant',
  [ReflectionKind.Namespace]: 'namespace',
}

/**
 * An export as its page shows it.
 *
 * @param options.beside what already stands on that page: a name may mean a type and a value
 */
export async function symbolOf(
  reflection: DeclarationReflection,
  from: string,
  { beside, serializer }: { readonly beside: readonly ApiSymbol[]; readonly serializer: Serializer },
): Promise<ApiSymbol> {
  const { name, sources } = reflection
  const signatures = signaturesOf(reflection)
  const isCalled = signatures.length > 0 && reflection.kind !== ReflectionKind.TypeAlias
  const kind = isCalled ? 'function' : (kinds[reflection.kind] ?? 'constant')
  const comment = reflection.comment ?? signatures.find((signature) => signature.comment)?.comment
  const isTaken = beside.some(({ anchor }) => anchor === name)
  const examples = [comment, ...signatures.map((signature) => signature.comment)].flatMap(examplesOf)
  return {
    name,
    anchor: isTaken ? `${name}-${kind}` : name,
    kind,
    from,
    declaration: await declarationOf(reflection, kind, signatures),
    doc: [block(comment?.summary), ...new Set(examples)].join('\n'),
    summary: firstSentence(comment?.summary),
    facts: factsOf(reflection, comment, signatures),
    file: sources?.[0]?.fileName ?? '',
    line: sources?.[0]?.line ?? 0,
    mentions: mentionsOf(reflection, serializer),
  }
}

/** The types of ours that it is written with. */
function mentionsOf(reflection: DeclarationReflection, serializer: Serializer): readonly string[] {
  const names = new Set<string>()
  JSON.stringify(serializer.toObject(reflection), (_, value: unknown) => {
    const { type, target, name } = (value ?? {}) as { type?: unknown; target?: unknown; name?: unknown }
    // a type from elsewhere has no number
    if (type === 'reference' && typeof target === 'number' && target > 0) names.add(String(name))
    return value
  })
  return [...names]
}

/** The ways to call it: of a function, or of a constant that is one and nothing else. */
function signaturesOf({ signatures, type }: DeclarationReflection): readonly SignatureReflection[] {
  if (signatures) return signatures
  const declared = type?.type === 'reflection' ? type.declaration : undefined
  return declared?.signatures && !declared.children ? declared.signatures : []
}

async function declarationOf(
  reflection: DeclarationReflection,
  kind: ApiSymbol['kind'],
  signatures: readonly SignatureReflection[],
): Promise<string> {
  const head = reflection.name + typeParameters(reflection)
  const parents = (types: readonly SomeType[] | undefined) =>
    types?.length ? ` extends ${types.map(typeText).join(', ')}` : ''
  switch (kind) {
    case 'type':
      return laidOut(`type ${head} = ${aliased(reflection)}`)
    case 'function':
      return laidOut(
        signatures.map((signature) => `function ${reflection.name}${callText(signature)}`).join('\n'),
      )
    case 'class':
    case 'interface': {
      const whole = await laidOut(`${kind} ${head}${parents(reflection.extendedTypes)} {}`)
      return whole.replace(/ ?\{\}$/, '')
    }
    case 'namespace':
      return `namespace ${head}`
    default:
      return laidOut(`const ${head}: ${typeText(reflection.type)}`)
  }
}

/** The right side of a type: typedoc moves the members of an object to its name. */
function aliased({ type, children, signatures }: DeclarationReflection): string {
  if (type) return typeText(type)
  if (children) return `{ ${children.map((child) => memberText(child)).join('; ')} }`
  return (signatures ?? []).map((signature) => callText(signature, ' => ')).join(' & ')
}

/** A property with its type, or a method with its signature. */
function memberText({ name, type, flags, getSignature }: DeclarationReflection): string {
  const isOptional = flags.isOptional ? '?' : ''
  return `${name}${isOptional}: ${typeText(type ?? getSignature?.type)}`
}

function factsOf(
  reflection: DeclarationReflection,
  comment: Comment | undefined,
  signatures: readonly SignatureReflection[],
): readonly ApiFacts[] {
  const comments = [comment, ...signatures.map((signature) => signature.comment)].filter(
    (one) => one !== undefined,
  )
  const said = (tag: `@${string}`): readonly ApiRow[] =>
    [...new Set(comments.flatMap((one) => tagged(one, tag)))].map((doc) => ({ code: '', doc }))
  const parameters = signatures
    .flatMap((signature) => signature.parameters ?? [])
    .filter(({ comment }) => comment !== undefined)
    .map(({ name, comment }) => ({ code: plainName(name), doc: inline(comment?.summary) }))
  const members =
    reflection.kind === ReflectionKind.Namespace
      ? (reflection.children ?? []).map(({ name }) => ({ code: name, doc: '' }))
      : (reflection.children ?? []).flatMap(membersOf)
  return [
    { title: 'Parameters', rows: unique(parameters) },
    { title: 'Returns', rows: said('@returns') },
    { title: 'Throws', rows: said('@throws') },
    { title: 'Members', rows: members },
  ].filter(({ rows }) => rows.length > 0)
}

const unique = (rows: readonly ApiRow[]) =>
  rows.filter(({ code }, i) => rows.findIndex((row) => row.code === code) === i)

/** A row for a property, and one for each way to call a method. */
function membersOf(member: DeclarationReflection): readonly ApiRow[] {
  if (!member.signatures)
    return [
      { code: memberText(member), doc: inline((member.comment ?? member.getSignature?.comment)?.summary) },
    ]
  return member.signatures.map((signature) => ({
    code: `${member.kind === ReflectionKind.Constructor ? 'new ' : ''}${member.name}${callText(signature)}`,
    doc: [
      inline(signature.comment?.summary),
      ...tagged(signature.comment, '@throws').map((when) => `Throws ${when}.`),
    ]
      .filter((text) => text !== '')
      .join(' '),
  }))
}
