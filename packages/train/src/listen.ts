/**
 * What is told of events: a function that is told of all, or a record of functions by the type of event. What comes
 * back is waited for.
 */
export type Listener<Event extends { readonly type: string }> =
  | ((event: Event) => unknown)
  | { readonly [Type in Event['type']]?: (event: Extract<Event, { readonly type: Type }>) => unknown }

/**
 * Reads a stream of events to its end and tells the listeners of each, one after the other: callbacks for those who do
 * not write the loop themselves.
 *
 * @example
 * const last = await listen(fit(task, options), { validation: ({ loss }) => show(loss) }, (event) => log(event))
 * if (last?.type === 'done') use(last.params)
 * @returns the last event, or undefined where there was none
 * @throws what the stream throws, and what a listener does: then the stream is closed
 */
export async function listen<Event extends { readonly type: string }>(
  events: AsyncIterable<Event>,
  ...listeners: readonly Listener<Event>[]
): Promise<Event | undefined> {
  let last: Event | undefined
  for await (const event of events) {
    for (const listener of listeners) {
      if (typeof listener === 'function') await listener(event)
      else await listener[event.type as Event['type']]?.(event as never)
    }
    last = event
  }
  return last
}
