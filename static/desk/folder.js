// What a person drops or chooses, as a list of {file, folder}: folders are opened, and their names kept as hints.

const files = entry => new Promise((resolve, reject) => entry.file(resolve, reject))

// A reader gives a hundred entries at a time until it gives none.
async function children (folder) {
  const reader = folder.createReader()
  const list = []
  for (;;) {
    const some = await new Promise((resolve, reject) => reader.readEntries(resolve, reject))
    if (!some.length) return list
    list.push(...some)
  }
}

async function open (entry, folder, list) {
  if (entry.isFile) return list.push({ file: await files(entry), folder })
  const path = folder ? `${folder}/${entry.name}` : entry.name
  for (const child of await children(entry)) await open(child, path, list)
}

/** The files of a drop. The entries are taken at once: the browser forgets them after the event. */
export async function dropped (transfer) {
  const items = [...transfer.items].filter(item => item.kind === 'file')
  const entries = items.map(item => item.webkitGetAsEntry?.() || item.getAsFile())
  const list = []
  for (const entry of entries) {
    if (!entry) continue
    if (entry instanceof File) list.push({ file: entry, folder: '' })
    else await open(entry, '', list)
  }
  return list
}

/** The files of an input, which knows folders when it was asked for one. */
export function chosen (input) {
  return [...input.files].map(file => ({ file, folder: file.webkitRelativePath.split('/').slice(0, -1).join('/') }))
}

const hex = sum => [...new Uint8Array(sum)].map(b => b.toString(16).padStart(2, '0')).join('')

/** What the server is told of a file before its bytes. Without a secure line browsers make no hashes: then it is ''. */
export async function hint ({ file, folder }, most) {
  const known = { name: file.name, folder, size: file.size, modified: new Date(file.lastModified).toISOString(), sha256: '' }
  if (globalThis.crypto?.subtle && file.size <= most) {
    try { known.sha256 = hex(await crypto.subtle.digest('SHA-256', await file.arrayBuffer())) } catch { /* unreadable: sending it says so */ }
  }
  return known
}
