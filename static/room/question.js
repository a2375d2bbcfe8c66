// One question of the room's list, as the page's own are written.
import { figure, make } from './make.js'

const shown = ['published', 'put', 'answered_orally', 'answered_in_writing', 'not_reached']
const done = ['answered_orally', 'answered_in_writing', 'not_reached']
const states = {
  published: ['Published', ''], put: ['Being answered now', 'cd-state--solid'], answered_orally: ['Answered at the meeting', 'cd-state--good'],
  answered_in_writing: ['Answered in writing', 'cd-state--good'], not_reached: ['Not reached', '']
}

export const isShown = state => shown.includes(state)

/** Where it stands in the list: being answered, then open ones, then done. */
export const rank = state => state === 'put' ? 0 : done.includes(state) ? 2 : 1

const counted = () => Boolean(document.querySelector('main[data-support]'))

/** Builds the row of a question. supported: this device supports it. */
export function row (q, supported) {
  const li = make('li', 'cd-q', support(q, supported), said(q, supported))
  li.id = q.id
  li.dataset.number = q.id
  li.dataset.state = q.state
  li.classList.toggle('cd-q--asked', q.state === 'put')
  li.classList.toggle('cd-q--done', done.includes(q.state))
  li.classList.toggle('cd-q--plain', !q.supports && !counted())
  return li
}

function support (q, supported) {
  if (!q.supports && !counted()) return null // the board does not count it
  if (q.state !== 'published' || !counted()) return make('span', 'cd-sup cd-sup--still', make('b', '', figure(q.supports)), 'support')
  const button = make('button', 'cd-sup', arrow(), make('b', '', figure(q.supports)))
  button.type = 'button'
  button.dataset.support = q.id
  press(button, q.id, q.supports, supported)
  return button
}

/** Writes count and state of a support button. */
export function press (button, number, count, supported) {
  button.querySelector('b').textContent = figure(count)
  button.setAttribute('aria-pressed', String(supported))
  button.setAttribute('aria-label', supported ? `You support ${number}, ${count} so far` : `Support ${number}, ${count} so far`)
}

function arrow () {
  const ns = 'http://www.w3.org/2000/svg'
  const svg = document.createElementNS(ns, 'svg')
  const attributes = { class: 'cd-ico', viewBox: '0 0 20 20', fill: 'none', stroke: 'currentColor', 'stroke-width': '1.6', 'stroke-linecap': 'round', 'stroke-linejoin': 'round', 'aria-hidden': 'true', focusable: 'false' }
  for (const [name, value] of Object.entries(attributes)) svg.setAttribute(name, value)
  const path = document.createElementNS(ns, 'path')
  path.setAttribute('d', 'm5 12 5-5 5 5')
  svg.append(path)
  return svg
}

function said (q, supported) {
  const link = make('a', 'cd-no', q.id)
  link.href = `/questions/${encodeURIComponent(q.id)}`
  const who = [q.name || 'Resident', q.area].filter(Boolean).join(', ')
  const [word, look] = states[q.state] || [q.state, '']
  const foot = make('p', 'cd-q__foot', make('span', `cd-state ${look}`.trim(), word))
  if (q.item && itemName(q.item)) foot.append(' ', make('span', '', itemName(q.item)))
  if (supported) foot.append(' ', make('span', 'cd-q__yours', 'You support this'))
  const report = make('a', 'cd-q__report', 'Report', make('span', 'cd-hide', ` ${q.id}`))
  report.href = `/report?about=${encodeURIComponent(q.id)}`
  foot.append(' ', report)
  const answer = q.answer ? make('p', 'cd-said', q.answer) : null
  const note = q.support_note ? make('p', 'cd-small cd-q__unusual', q.support_note) : null
  return make('div', '', make('p', 'cd-q__who', link, ' ', make('span', '', who)), make('p', 'cd-said', q.text || ''), foot, note, answer)
}

// "Item 4", from the choices of the ask form: they are what the page knows of the agenda.
function itemName (id) {
  const option = document.querySelector(`select[name=item] option[value="${CSS.escape(id)}"]`)
  return option ? `Item ${option.textContent.trim().split(' ')[0]}` : ''
}
