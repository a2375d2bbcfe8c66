// Counts what may still be written, as the server does: words where the board limits them, else characters. A word is what
// stands between spaces and has a letter or a figure in it.
const words = text => text.split(/\p{White_Space}+/u).filter(w => /[\p{L}\p{N}]/u.test(w)).length

/** What is over the limit of the form, and in what: { left, unit, limit }. */
export function room (form) {
  const kind = form.elements.kind?.value === 'statement' ? 'statementWords' : 'words'
  const text = form.elements.text.value.trim()
  const most = Number(form.dataset[kind])
  if (most) return { left: most - words(text), limit: most, unit: 'words' }
  const characters = Number(form.dataset.characters)
  return { left: characters - [...text].length, limit: characters, unit: 'characters' }
}

/** Writes it beside the field. */
export function count (form) {
  const place = form.querySelector('.cd-count span')
  const { left, unit } = room(form)
  if (place) place.textContent = left < 0 ? `${-left} ${unit} too many` : `${left} ${unit} left`
}

for (const form of document.querySelectorAll('form[data-counted]')) {
  form.addEventListener('input', () => count(form))
  if (form.elements.text.value) count(form)
}
