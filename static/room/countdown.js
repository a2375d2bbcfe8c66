// How long until something: "(in 12 minutes)" after each <time data-countdown>. It counts instants, so that a change of the
// clocks on the way does not matter, and by the clock of the server, whose time the page came with.
import { make } from './make.js'

/** Counts, from the time that the server gave (ms). */
export function countdown (served) {
  const ahead = served - Date.now()
  const tell = () => {
    for (const time of document.querySelectorAll('time[data-countdown]')) {
      const words = ` (${left(new Date(time.dateTime) - Date.now() - ahead)})`
      let place = time.nextElementSibling
      if (!place?.hasAttribute('data-left')) {
        place = make('span')
        place.setAttribute('data-left', '')
        time.after(place)
      }
      if (place.textContent !== words) place.textContent = words
    }
  }
  tell()
  setInterval(tell, 5000)
  document.addEventListener('parts:shown', tell)
  return tell
}

const several = (n, word) => `${n} ${word}${n === 1 ? '' : 's'}`

/** Words for so many milliseconds. */
export function left (ms) {
  const minutes = Math.ceil(ms / 60000)
  if (minutes <= 0) return 'any moment now'
  if (minutes < 60) return `in ${several(minutes, 'minute')}`
  const hours = Math.floor(minutes / 60)
  if (hours < 48) return `in ${several(hours, 'hour')}${minutes % 60 ? ` ${several(minutes % 60, 'minute')}` : ''}`
  return `in ${several(Math.floor(hours / 24), 'day')}`
}
