// Small pieces that the scripts of the room share.

/** Makes an element: make('p', 'cd-small', 'text', child...). */
export function make (tag, className, ...content) {
  const e = document.createElement(tag)
  if (className) e.className = className
  e.append(...content.filter(c => c !== null && c !== undefined && c !== ''))
  return e
}

/** A time of day as the pages write it, in the zone of the meeting: "10:31am". */
export function clock (time, zone) {
  return new Intl.DateTimeFormat('en-GB', { hour: 'numeric', minute: '2-digit', hourCycle: 'h12', timeZone: zone || 'Europe/London' })
    .format(time).replace(/\s/g, '').toLowerCase()
}

/** Each state as the asker reads it. */
export const words = {
  received: 'waiting for the moderator', held: 'held', published: 'published', merged: 'joined to another', refused: 'not taken',
  transferred: 'passed on', put: 'being answered', answered_orally: 'answered at the meeting', answered_in_writing: 'answered in writing',
  not_reached: 'not reached', withdrawn: 'taken back'
}

/** A number as the pages write it, "1,204", and back from an element. */
export const figure = n => n.toLocaleString('en-GB')
export const digits = element => Number(element.textContent.replace(/\D/g, ''))

/** A key that nothing else has. randomUUID exists on secure addresses only. */
export function newKey () {
  return [...crypto.getRandomValues(new Uint8Array(12))].map(b => b.toString(16).padStart(2, '0')).join('')
}

/** Changes the list while what the reader looks at stays where it is. */
export function keepPlace (list, change) {
  const inner = list.closest('.cd-talk__scroll')
  const scroller = inner && inner.scrollHeight > inner.clientHeight + 1 ? inner : document.scrollingElement
  const top = scroller === inner ? inner.getBoundingClientRect().top : 0
  const anchor = [...list.children].find(li => li.getBoundingClientRect().bottom > top)
  const reading = anchor && anchor.getBoundingClientRect().top < top // nobody who is above the list is moved
  const before = anchor?.getBoundingClientRect().top
  scroller.style.overflowAnchor = 'none'
  change()
  if (reading && anchor.isConnected) scroller.scrollTop += anchor.getBoundingClientRect().top - before
}
