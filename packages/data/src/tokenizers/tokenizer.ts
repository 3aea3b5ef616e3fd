/** Tokens that stand for no text: what is not in the vocabulary, and the two ends of a sequence. */
export type SpecialToken = 'unknown' | 'start' | 'end'

/** The result of encoding a text. */
export interface Encoded {
  /** Token ids [tokens]. */
  readonly ids: Int32Array
  /** How many characters (or graphemes, or words) of the text are not in the vocabulary. */
  readonly unknown: number
}

/** How to treat what is not in the vocabulary. */
export interface EncodeOptions {
  /** Leave it out (and count it), instead of using the token `unknown` or, where there is none, refusing. */
  readonly skipUnknown?: boolean
}

/** What every tokenizer can do. It is made by training (`characters.train`) or loading (`parseTokenizer`). */
export interface Tokenizer {
  /** The kind of tokenizer, as it is saved: `characters`, `bpe`, ... */
  readonly type: string
  /** How many token ids there are; the ids are 0 to `size - 1`. */
  readonly size: number
  /** The ids of the special tokens it has. */
  readonly special: Readonly<Partial<Record<SpecialToken, number>>>
  /**
   * The ids of a text. What is not in the vocabulary becomes the token `unknown` and is counted.
   *
   * @throws when something is not in the vocabulary, there is no token `unknown` and `skipUnknown` is not set.
   */
  encode(text: string, options?: EncodeOptions): Encoded
  /**
   * The text of ids: `decode(encode(text).ids) === text` when every part of the text is in the vocabulary, lone
   * surrogates included. `unknown` is written as U+FFFD; `start` and `end` as nothing.
   *
   * @throws when an id is not one of this tokenizer.
   */
  decode(ids: Iterable<number>): string
  /** A decoder for ids that come one by one, as a model draws them. */
  decoder(): IdDecoder
  /**
   * What one token stands for: a text, or the bytes of a part of a text that need not be whole characters.
   *
   * @throws when the id is not one of this tokenizer.
   */
  token(id: number): string | Uint8Array
  /**
   * The last place p > 0 at which `text` may be cut, whatever comes after it: the ids of the whole are those of
   * `text.slice(0, p)` and then those of the rest. 0 where no such place was found. `encodeStream` is made of it.
   */
  lastCut(text: string): number
  /** What `tokenizer.json` holds; `JSON.stringify(tokenizer)` writes it. */
  toJSON(): TokenizerRecord
}

/** Decodes ids one by one: the texts that it gives, put together, are what `decode` gives for all of them. */
export interface IdDecoder {
  /**
   * The text that is whole now: nothing, as long as the bytes of a character are not all there.
   *
   * @throws when the id is not one of the tokenizer.
   */
  push(id: number): string
  /** What is left: bytes that are no whole character, as U+FFFD. */
  end(): string
}

/** The saved form of a tokenizer: a format version, the kind, and what that kind needs. */
export interface TokenizerRecord {
  readonly format: typeof tokenizerFormat
  readonly version: typeof tokenizerVersion
  readonly type: string
  readonly [key: string]: unknown
}

/** One kind of tokenizer: how it is trained and how it is loaded. */
export interface TokenizerKind<Options> {
  readonly type: string
  /** Learns a vocabulary from one text or several. */
  train(texts: string | Iterable<string>, options?: Options): Tokenizer
  /** Rebuilds the tokenizer that `record` was saved from; refuses a broken record in one sentence. */
  fromJSON(record: Readonly<Record<string, unknown>>): Tokenizer
}

/** The name by which a tokenizer's file says what it is. */
export const tokenizerFormat = 'tapeloop-tokenizer'

/** The version of that format which this library reads and writes. */
export const tokenizerVersion = 1
