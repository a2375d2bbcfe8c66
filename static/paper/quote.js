// Quoting: what is selected on the page goes into the form that is there for everybody, and the quotation into the clipboard.

// selects offers a button while words of the page are selected, on its image or in its text.
export function selects (main) {
  const offer = main.querySelector('[data-select]')
  const form = main.querySelector('[data-quote]')
  if (!offer || !form) return
  main.querySelector('[data-quote-hint]').textContent = 'Select them on the page and press “Quote these words”, or copy them in here.'
  const words = form.querySelector('textarea')
  let chosen = ''
  document.addEventListener('selectionchange', () => {
    chosen = selected(main)
    offer.hidden = !chosen
  })
  offer.addEventListener('pointerdown', event => event.preventDefault()) // the selection stays
  offer.querySelector('button').addEventListener('click', () => {
    words.value = chosen.length > words.maxLength ? ends(chosen, words.maxLength) : chosen
    form.requestSubmit()
  })
}

// selected is the text of the selection, if it is of the page.
function selected (main) {
  const selection = getSelection()
  if (!selection.rangeCount || selection.isCollapsed) return ''
  const range = selection.getRangeAt(0)
  const at = range.commonAncestorContainer
  const element = at.nodeType === Node.ELEMENT_NODE ? at : at.parentElement
  const inside = element.closest('.cd-textlayer, .cd-read__text .cd-text')
  if (!inside) return ''
  // Each line over the image is an element of its own: where one ends, a word does.
  if (!inside.matches('.cd-textlayer')) return selection.toString().trim()
  const part = range.cloneContents()
  const lines = part.querySelectorAll('text')
  return (lines.length ? [...lines].map(line => line.textContent) : [part.textContent]).join('\n').trim()
}

// ends leaves out the middle of what is too long for an address.
function ends (text, most) {
  const half = Math.floor(most / 2) - 2
  return text.slice(0, half).replace(/\S+$/, '') + '…' + text.slice(-half).replace(/^\S+/, '')
}

// copies lets the button copy the quotation, with its link where the other program takes HTML.
export function copies (main) {
  const box = main.querySelector('[data-copies]')
  if (!box || !navigator.clipboard) return
  box.hidden = false
  const text = document.getElementById('as-text').value
  const html = document.getElementById('as-html').value
  box.querySelector('[data-copy]').addEventListener('click', async () => {
    const said = box.querySelector('[data-copied]')
    try {
      await copy(text, html)
      said.textContent = 'Copied.'
    } catch {
      main.querySelector('.cd-quoting details').open = true
      said.textContent = 'This browser does not let a page copy. Copy it from the box below.'
    }
  })
}

function copy (text, html) {
  if (!self.ClipboardItem) return navigator.clipboard.writeText(text)
  const as = (kind, body) => new Blob([body], { type: kind })
  return navigator.clipboard.write([new ClipboardItem({ 'text/plain': as('text/plain', text), 'text/html': as('text/html', html) })])
}
