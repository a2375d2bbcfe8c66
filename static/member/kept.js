// What the pages and the worker of the members' area agree on: where it is, and how its caches are called.
export const area = '/desk/member/'
export const list = area + 'kept' // what may be kept now, says the server
export const name = person => 'clearday-member-' + person

// mine opens the one cache that there is, or gives nothing.
export async function mine () {
  const found = (await caches.keys()).find(n => n.startsWith(name('')))
  return found && caches.open(found)
}

// until is when a kept answer must go, in ms.
export const until = kept => Number(kept.headers.get('Clearday-Keep')?.split(' ')[1]) || 0
