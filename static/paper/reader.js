// The pages of a paper: keys along the links that are there for everybody, the next picture before it is asked for, what is selected
// as a quotation, and a word when a picture does not come.
import { Keys } from './keys.js'
import { copies, selects } from './quote.js'

const main = document.querySelector('main')
const list = main.querySelector('[data-keys]')
if (list) new Keys(list)
copies(main)
selects(main)
pictures(main.querySelector('.cd-sheet img, .cd-sheet image'), main.querySelector('[data-lost]'))

function pictures (picture, lost) {
  if (!picture || !lost) return
  const gone = () => { lost.hidden = false }
  picture.addEventListener('error', gone)
  picture.addEventListener('load', ahead)
  if (picture.complete) picture.naturalWidth ? ahead() : gone()
  lost.querySelector('[data-again]').addEventListener('click', event => { event.preventDefault(); location.reload() })
}

// The next page's picture comes while this one is read, in the size that this one has; not where people save data.
function ahead () {
  const next = document.querySelector('a[rel~="next"]')
  const img = document.querySelector('.cd-sheet img')
  if (!next || !img || navigator.connection?.saveData) return
  const page = /\/pages\/\d+/
  const picture = new Image()
  picture.fetchPriority = 'low'
  picture.src = img.currentSrc.replace(page, next.pathname.match(page)[0])
}
