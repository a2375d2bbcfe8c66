// The chair's view: fetched again whenever the room says that something changed, with the time left counting down between.
import { refresh } from '../shared/refresh.js'
import { Line } from '../room/line.js'
import { clock } from '../room/make.js'

const main = document.querySelector('main[data-chair]')
const conn = document.querySelector('.cd-conn')

let due
function again () { // a burst of events is one look
  clearTimeout(due)
  due = setTimeout(async () => {
    if (await refresh('chair')) fetched = Date.now()
    tick()
  }, 300)
}

let fetched = Date.now()
function tick () {
  for (const e of document.querySelectorAll('[data-left]')) {
    const left = Number(e.dataset.left) - ('running' in e.dataset ? Date.now() - fetched : 0)
    e.textContent = words(left)
    e.parentElement.classList.toggle('cd-chair__over', left < 0)
  }
}

// words says a time as the server does (page.LeftWords).
function words (ms) {
  const minutes = n => `${n} minute${n === 1 ? '' : 's'}`
  if (ms < 0) return `${minutes(Math.floor(-ms / 60000))} over`
  return ms < 60000 ? 'under a minute' : minutes(Math.floor(ms / 60000))
}

function connection (mode) {
  conn.classList.toggle('cd-conn--slow', mode === 'polling')
  conn.classList.toggle('cd-conn--off', mode === 'off')
  conn.querySelector('span').textContent = { connected: 'Up to date', polling: 'New things come every few seconds', off: `Not connected since ${clock(new Date(), main.dataset.zone)}. Trying again` }[mode]
}

if (main) {
  document.querySelector('[data-check]')?.remove()
  new Line(main, { frame: f => { if (f.t === 'hello') again() }, event: again, state: connection }).start()
  setInterval(tick, 1000)
}
