// What of the room's page depends on the rules and limits of its meeting. When they change while the page is open, the parts of
// a page that was fetched again take the place of the old ones. What somebody is writing stays written.
import { Chat } from './chat.js'
import { keepPlace } from './make.js'

/** Brings the rules of the fetched page into the room. */
export function renew (room, page) {
  const { main } = room
  const fresh = page.querySelector('main[data-room]')
  if (!fresh) return
  shut(main, fresh)
  if (fresh.dataset.rules !== main.dataset.rules) {
    main.dataset.rules = fresh.dataset.rules
    ask(room, fresh)
    support(room, fresh)
    chat(room, fresh)
    room.announce('The board team has changed how you can take part. Read the rules above the form.')
  }
  room.allow()
}

// shut notes why nothing can be asked where the state of the room does not say so: a deadline, or rules.
function shut (main, fresh) {
  delete main.dataset.shut
  const closed = fresh.querySelector('div#ask b')
  if (closed && (main.dataset.state === 'open' || main.dataset.asking === 'advance')) main.dataset.shut = closed.textContent
}

function ask (room, fresh) {
  const old = room.main.querySelector('form#ask')
  const part = fresh.querySelector('form#ask')
  if (!old || !part) return // a closed one is a part of the page that is fetched by itself
  const form = document.importNode(part, true)
  const at = old.contains(document.activeElement) ? document.activeElement : null
  const selection = at?.selectionStart ?? null
  for (const e of form.elements) {
    const was = e.id && old.querySelector(`#${CSS.escape(e.id)}`)
    if (was) [e.value, e.checked] = [was.value, was.checked]
  }
  const open = [...old.querySelectorAll('details')].map(d => d.open)
  form.querySelectorAll('details').forEach((d, n, all) => { if (all.length === open.length) d.open = open[n] })
  old.replaceWith(form)
  room.takeForm()
  const focus = at?.id && document.getElementById(at.id)
  if (!focus) return
  focus.focus({ preventScroll: true })
  if (selection !== null) focus.setSelectionRange(selection, at.selectionEnd)
}

// support begins or ends to be counted.
function support (room, fresh) {
  const { main, list } = room
  if (!list || 'support' in fresh.dataset === 'support' in main.dataset) return
  'support' in fresh.dataset ? main.dataset.support = fresh.dataset.support : delete main.dataset.support
  room.supporting.address = main.dataset.support
  main.querySelector('#support')?.remove()
  const form = fresh.querySelector('#support')
  if (form) list.before(document.importNode(form, true))
  keepPlace(list, () => list.replaceChildren(...document.importNode(fresh.querySelector('[data-questions]'), true).children))
}

// chat comes into a page that was made without one.
function chat (room, fresh) {
  const part = fresh.querySelector('[data-chat]')
  const old = room.main.querySelector('[data-chat]')
  if (old && part) old.dataset.rules = part.dataset.rules
  if (old || !part) return
  const first = room.main.querySelector('[data-talk-part]')
  first.before(document.importNode(fresh.querySelector('nav.cd-tabs'), true))
  first.after(document.importNode(part, true))
  room.chat = new Chat(room.main, command => room.line.send(command))
  room.chat.connection(room.line.mode)
}
