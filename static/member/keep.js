// Every page of the members' area: keeps the page with its images on the device, asks the server what may stay there,
// and says how it stands. The worker does the keeping (worker.js); without it everything still reads while connected.
import { area, list, mine } from './kept.js'

const box = document.querySelector('[data-keep]')
const status = box?.querySelector('[data-keep-status]')
const say = words => { if (status) status.textContent = words }
const every = 5 * 60 * 1000 // ms between contacts while a page is open
const patience = 10_000 // ms for the worker to take this page over

if ('serviceWorker' in navigator && 'caches' in self) start().catch(() => say('This browser cannot keep papers. You can read everything while you are connected.'))
else say('This browser keeps nothing here. You can read everything while you are connected.')

async function start () {
  await navigator.serviceWorker.register(area + 'worker.js')
  if (!await held()) return say('Open this page again to keep it on this device.')
  if (!await contact()) return say('You are not connected. You read what this device has kept.')
  await keepPage()
  addEventListener('online', contact)
  setInterval(contact, every)
  const button = box?.querySelector('[data-keep-all]')
  const papers = [...document.querySelectorAll('[data-keep-paper]')]
  if (button && papers.length) {
    button.hidden = false
    button.addEventListener('click', () => keepPapers(button, papers))
  }
  await mark(papers)
}

// held answers whether the worker holds this page. A worker that became ready while the page was on its way, or was
// passed by with a reload past every cache, does not know of it until it is told.
async function held () {
  if (navigator.serviceWorker.controller) return true
  const taken = new Promise(resolve => navigator.serviceWorker.addEventListener('controllerchange', () => resolve(true), { once: true }))
  const { active } = await navigator.serviceWorker.ready
  active.postMessage('claim')
  return Promise.race([taken, new Promise(resolve => setTimeout(resolve, patience, false))])
}

// contact asks what may stay on this device; the worker lets go of the rest.
async function contact () {
  try {
    return (await fetch(list, { headers: { Accept: 'application/json' } })).status < 500
  } catch {
    return false
  }
}

// keepPage keeps this page: itself, what it is drawn with, and the images of its paper.
async function keepPage () {
  const images = [...document.querySelectorAll('.cd-leaf img')].map(i => i.src)
  const drawn = [...document.querySelectorAll('link[rel="stylesheet"], link[rel="icon"], script[src]')].map(e => e.href || e.src)
  await get(location.pathname)
  await Promise.all(drawn.map(get))
  const failed = await keepImages(images, n => say(`Keeping page ${n} of ${images.length}.`))
  if (failed) say(`Not all of it could be kept: ${failed} of ${images.length} pages are missing. Open it again while you are connected.`)
  else say(images.length ? 'Kept: you can read this paper without a connection.' : 'Kept: this page can be read without a connection. A paper is kept when you open it.')
}

async function get (address) {
  const answer = await fetch(address)
  if (!answer.ok) throw new Error(address + ' answered ' + answer.status)
  return answer
}

// keepImages answers how many could not be kept.
async function keepImages (addresses, told) {
  let failed = 0
  for (const [n, address] of addresses.entries()) {
    told(n + 1)
    await get(address).catch(() => failed++)
  }
  return failed
}

async function keepPapers (button, papers) {
  button.disabled = true
  let failed = 0
  for (const [n, link] of papers.entries()) {
    try {
      const page = new DOMParser().parseFromString(await (await get(link.href)).text(), 'text/html')
      const images = [...page.querySelectorAll('.cd-leaf img')].map(i => i.getAttribute('src'))
      failed += await keepImages(images, p => say(`Paper ${n + 1} of ${papers.length}, page ${p} of ${images.length}.`))
    } catch {
      failed++
    }
  }
  button.disabled = false
  say(failed ? 'Not all papers could be kept. Try again while you are connected.' : 'Kept: every paper of this meeting can be read without a connection.')
  await mark(papers)
}

// mark says at each paper that it is on this device.
async function mark (papers) {
  const cache = await mine()
  for (const link of papers) {
    const row = link.closest('.cd-paper')
    if (!await cache?.match(link.href, { ignoreVary: true }) || row.querySelector('.cd-kept')) continue
    const kept = document.createElement('span')
    kept.className = 'cd-state cd-state--good cd-kept'
    kept.textContent = 'On this device'
    link.after(' ', kept)
  }
}
