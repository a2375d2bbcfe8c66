// Counts down to each <time data-countdown datetime="...">. When the publication time of #publish passes, it fetches the
// page until the server says what became of it. A data-now attribute (the server's time when it made the page) corrects
// a clock of this computer that is wrong.
import { refresh } from '../shared/refresh.js'

const skews = new WeakMap() // by element: the server's clock minus ours, taken when the element was first seen
let asking = false
let gap = 1000

function left (time) {
  if (!skews.has(time)) skews.set(time, time.dataset.now ? Date.parse(time.dataset.now) - Date.now() : 0)
  return Date.parse(time.dateTime) - Date.now() - skews.get(time)
}

// inWords gives the time left as the desk's clocks say it: the two largest units, hours up to three days.
export function inWords (ms) {
  const s = Math.ceil(ms / 1000)
  if (s < 60) return `${s} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${s % 60} s`
  const min = Math.floor(s / 60)
  if (min < 72 * 60) return `${Math.floor(min / 60)} h ${min % 60} min`
  return `${Math.floor(min / 1440)} days ${Math.floor(min % 1440 / 60)} h`
}

// count writes the time left into each countdown, and says whether the publication time has passed.
function count () {
  let due = false
  for (const time of document.querySelectorAll('time[data-countdown]')) {
    const ms = left(time)
    if (Number.isNaN(ms)) continue
    const publication = Boolean(time.closest('#publish'))
    const words = ms > 0 ? inWords(ms) : publication ? 'now' : 'passed'
    if (time.textContent !== words) time.textContent = words
    if (ms <= 0 && publication) due = true
  }
  return due
}

async function tick () {
  if (!count()) gap = 1000
  else if (!asking) {
    asking = true
    await refresh('publish', 'agenda', 'stands')
    setTimeout(() => { asking = false }, gap) // the page still counts: ask again, ever more slowly
    gap = Math.min(gap * 2, 10000)
  }
}

// follow shows how far papers are read that came without the upload list, until none is being read.
async function follow () {
  if (!document.hidden && document.querySelector('#agenda .cd-file__bar')) await refresh('agenda', 'publish', 'stands')
  setTimeout(follow, 2000)
}

tick()
setInterval(tick, 1000)
follow()
