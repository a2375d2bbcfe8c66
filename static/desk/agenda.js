// The agenda without leaving the page: entries move by buttons, keys and a handle; forms save themselves; what was done
// last can be undone. Everything works without this script too, as plain forms.
import { refresh } from '../shared/refresh.js'
import { Autosave } from './autosave.js'
import { Drag } from './drag.js'

const agenda = () => document.getElementById('agenda')
const status = document.getElementById('agenda-said')
const saving = new Map() // by form

function start () {
  for (const form of saving.keys()) if (!form.isConnected) saving.delete(form)
  for (const form of document.querySelectorAll('form[data-autosave]')) {
    if (!saving.has(form)) saving.set(form, new Autosave(form, saved))
  }
  for (const grip of document.querySelectorAll('[data-grip][hidden]')) { grip.hidden = false; new Drag(grip, post) }
  for (const hint of document.querySelectorAll('[data-scripted][hidden]')) hint.hidden = false
}

// saved shows the agenda anew once a form of it has been saved and is left: numbers, times and what can be undone follow.
async function saved (form) {
  if (!agenda()?.contains(form)) return
  if (!form.contains(document.activeElement)) return show()
  await refresh('agenda-tools') // what can be undone
  start()
}

function say (words) {
  if (!status) return
  status.textContent = ''
  requestAnimationFrame(() => { status.textContent = words })
}

// show fetches the agenda as it stands now, and keeps what is being written, what is open and where the focus is.
async function show (focus) {
  if ([...saving.values()].some(s => s.dirty)) return
  const active = document.activeElement
  const id = focus || (agenda().contains(active) ? active.id : '')
  if (agenda().contains(active)) active.blur()
  await refresh('agenda', 'publish')
  start()
  const place = [id, id.replace(/^up-/, 'down-'), id.replace(/^down-/, 'up-')].map(i => document.getElementById(i)).find(Boolean)
  const row = /^(?:remove|undo)/.test(id) ? document.getElementById('ag-h') : place
  if (id) (place || row)?.focus({ preventScroll: true })
  place?.scrollIntoView({ block: 'nearest' })
}

// post sends what a form of the agenda would, and says what came of it.
async function post (action, fields, focus) {
  for (const s of saving.values()) if (s.dirty && !await s.save()) return say('Not done: something on the agenda is not saved yet.')
  const csrf = document.querySelector('input[name="csrf"]')?.value || ''
  try {
    const answer = await fetch(action, { method: 'POST', headers: { Accept: 'application/json' }, body: new URLSearchParams({ ...fields, csrf }) })
    const body = await answer.json()
    await show(focus)
    say(answer.ok ? body.says : `Not done: ${body.detail}`)
    if (!answer.ok) tell(body.detail)
  } catch {
    say('Not done: no answer came. Check the line, then try again.')
    tell('No answer came. Check the line, then try again.')
  }
}

// tell shows a sentence to those who see, above the agenda.
function tell (sentence) {
  agenda().querySelector('.cd-note')?.remove()
  const note = document.createElement('div')
  note.className = 'cd-note cd-note--stop'
  note.append(Object.assign(document.createElement('p'), { textContent: sentence }))
  agenda().querySelector('.cd-sec__head')?.after(note)
}

// The page sends no form twice, so this has to look first.
document.addEventListener('submit', event => {
  const form = event.target
  if (saving.has(form)) {
    event.preventDefault()
    return saving.get(form).save()
  }
  if (!form.matches('form[data-agenda]')) return
  event.preventDefault()
  const fields = Object.fromEntries(new FormData(form))
  post(form.getAttribute('action'), fields, event.submitter?.id)
}, true)

document.addEventListener('keydown', event => {
  const field = event.target.closest('input, textarea, select')
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && event.key.toLowerCase() === 'z') {
    const undo = document.getElementById('undo')
    if (field || !undo) return // in a field it is the field's own
    event.preventDefault()
    return undo.click()
  }
  const ways = { ArrowUp: 'up', ArrowDown: 'down' }
  const row = event.target.closest('[data-item]')
  if (!event.altKey || event.ctrlKey || event.metaKey || !ways[event.key] || !row || field?.tagName === 'SELECT') return
  event.preventDefault()
  const button = document.getElementById(`${ways[event.key]}-${row.dataset.item}`)
  if (!button) return say(event.key === 'ArrowUp' ? 'It is the first already.' : 'It is the last already.')
  const seen = button.form.elements.seen.value
  post(button.form.getAttribute('action'), { way: ways[event.key], seen }, event.target.id || button.id)
})

// Leaving a form that has saved itself is the moment to show the agenda anew.
document.addEventListener('focusout', event => {
  const form = event.target.closest?.('form[data-autosave]')
  if (!form || !agenda()?.contains(form)) return
  setTimeout(() => { if (saving.get(form)?.changed && !form.contains(document.activeElement)) saving.get(form).save().then(done => done && show()) })
})

addEventListener('beforeunload', event => { if ([...saving.values()].some(s => s.dirty)) event.preventDefault() })
document.addEventListener('parts:shown', start)
start()
