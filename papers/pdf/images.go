package pdf

import (
	"container/list"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// ErrBusy says that too many page images are being waited for; the visitor may try again in a moment.
var ErrBusy = errors.New("too many page images are being drawn")

// ErrDropped says that the file's images were dropped while one of them was being drawn.
var ErrDropped = errors.New("the images of this file were dropped")

// widths are all the widths that are ever drawn, so that nobody can fill the cache by asking for every number.
var widths = [...]int{200, 400, 800, 1200, 1600, 2400}

// maxDrawing bounds the images that are being drawn or wait for it; each takes a goroutine.
const maxDrawing = 64

var hashPattern = regexp.MustCompile(`^[0-9a-f]{64}$`)

// Images draws page images on first view and keeps them on disk, the least recently used ones going first beyond a bound. Whether somebody
// may see a page is the caller's to decide, before each call.
type Images struct {
	dir      string
	maxBytes int64
	tools    *Tools
	flights  singleflight.Group

	ctx  context.Context // of the drawing, which outlives the visitor who asked first
	stop context.CancelFunc
	work sync.WaitGroup

	mu      sync.Mutex
	used    *list.List               // of *image, most recently used first
	byName  map[string]*list.Element // by image.name
	bytes   int64
	drawing map[string]*drawing // by image name
	ahead   bool                // one is being drawn for the next reader's step
	closed  bool
}

type image struct {
	name string // path below dir: hash/page-width.jpg
	size int64
}

// drawing is an image on its way. dropped is set by Drop: the image is then not kept.
type drawing struct{ dropped bool }

// OpenImages opens the cache in dir, which it alone may write, and takes over the images of an earlier run.
func OpenImages(dir string, maxBytes int64, tools *Tools) (*Images, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of page images: %w", err)
	}
	im := &Images{dir: dir, maxBytes: maxBytes, tools: tools, used: list.New(), byName: map[string]*list.Element{}, drawing: map[string]*drawing{}}
	im.ctx, im.stop = context.WithCancel(context.Background())
	if err := im.takeOver(); err != nil {
		return nil, fmt.Errorf("taking over page images: %w", err)
	}
	return im, nil
}

// Close ends all drawing and waits for it.
func (im *Images) Close() error {
	im.mu.Lock()
	im.closed = true
	im.mu.Unlock()
	im.stop()
	im.work.Wait()
	return nil
}

// Image gives the JPEG of a page, counted from 1, of the file at path with the given SHA-256 (hex), drawn at the nearest allowed width
// that is not smaller (200, 400, 800, 1200, 1600 or 2400 pixels). Errors: *papers.Unreadable, ErrBusy, ErrDropped, the end of ctx. A failure is not
// remembered.
func (im *Images) Image(ctx context.Context, sha256hex, path string, page, width int) ([]byte, error) {
	if !hashPattern.MatchString(sha256hex) || page < 1 {
		return nil, fmt.Errorf("naming a page image: hash %.80q, page %d", sha256hex, page)
	}
	width = allowedWidth(width)
	name := imageName(sha256hex, page, width)
	if jpeg := im.cached(name); jpeg != nil {
		return jpeg, nil
	}
	result := im.flights.DoChan(name, func() (any, error) { return im.draw(name, path, page, width) })
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case r := <-result:
		if r.Err != nil {
			return nil, r.Err
		}
		return r.Val.([]byte), nil
	}
}

// Ahead draws an image before anybody asks for it: the next page of somebody who reads on. It does so for one image at a time, and only
// while nobody waits for another. Nothing is said about what became of it.
func (im *Images) Ahead(sha256hex, path string, page, width int) {
	width = allowedWidth(width)
	name := imageName(sha256hex, page, width)
	im.mu.Lock()
	busy := im.closed || im.ahead || len(im.drawing) > 0 || im.byName[name] != nil || !hashPattern.MatchString(sha256hex)
	if !busy {
		im.ahead = true
		im.work.Add(1)
	}
	im.mu.Unlock()
	if busy {
		return
	}
	go func() {
		defer im.work.Done()
		_, _, _ = im.flights.Do(name, func() (any, error) { return im.draw(name, path, page, width) }) // whoever comes asks again
		im.mu.Lock()
		im.ahead = false
		im.mu.Unlock()
	}()
}

func imageName(sha256hex string, page, width int) string {
	return filepath.Join(sha256hex, fmt.Sprintf("%d-%d.jpg", page, width))
}

// Drop removes all images of a file, also those that are being drawn at this moment. A caller who takes a paper back first stops
// asking for its images, then calls Drop.
func (im *Images) Drop(sha256hex string) error {
	if !hashPattern.MatchString(sha256hex) {
		return fmt.Errorf("naming a file: hash %.80q", sha256hex)
	}
	im.mu.Lock()
	defer im.mu.Unlock()
	prefix := sha256hex + string(filepath.Separator)
	for name, d := range im.drawing {
		if strings.HasPrefix(name, prefix) {
			d.dropped = true
			im.flights.Forget(name)
		}
	}
	for name := range im.byName {
		if strings.HasPrefix(name, prefix) {
			im.forget(name)
		}
	}
	if err := os.RemoveAll(filepath.Join(im.dir, sha256hex)); err != nil {
		return fmt.Errorf("removing the page images of a file: %w", err)
	}
	return nil
}

func allowedWidth(width int) int {
	for _, w := range widths {
		if width <= w {
			return w
		}
	}
	return widths[len(widths)-1]
}

// cached gives the image on disk, or nil. One that is gone or was cut by a power failure is forgotten.
func (im *Images) cached(name string) []byte {
	im.mu.Lock()
	defer im.mu.Unlock()
	element := im.byName[name]
	if element == nil {
		return nil
	}
	path := filepath.Join(im.dir, name)
	jpeg, err := os.ReadFile(path)
	if err != nil || !isJPEG(jpeg) {
		im.forget(name)
		return nil
	}
	im.used.MoveToFront(element)
	now := time.Now()
	_ = os.Chtimes(path, now, now) // only the order after a restart depends on it
	return jpeg
}

// draw makes an image and keeps it.
func (im *Images) draw(name, path string, page, width int) ([]byte, error) {
	d, err := im.begin(name)
	if err != nil {
		return nil, err
	}
	defer im.end(name, d)
	jpeg, err := im.tools.Image(im.ctx, path, page, width)
	if err != nil {
		return nil, err
	}
	if err := im.keep(name, jpeg, d); err != nil {
		return nil, err
	}
	return jpeg, nil
}

func (im *Images) begin(name string) (*drawing, error) {
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.closed {
		return nil, context.Canceled
	}
	if len(im.drawing) >= maxDrawing {
		return nil, ErrBusy
	}
	if other := im.drawing[name]; other != nil { // Drop let go of it; it is still ending
		return nil, ErrBusy
	}
	d := &drawing{}
	im.drawing[name] = d
	im.work.Add(1)
	return d, nil
}

func (im *Images) end(name string, d *drawing) {
	im.mu.Lock()
	defer im.mu.Unlock()
	if im.drawing[name] == d {
		delete(im.drawing, name)
	}
	im.work.Done()
}

// keep writes the image under another name and renames it, under the lock that Drop takes: a dropped image never appears.
func (im *Images) keep(name string, jpeg []byte, d *drawing) error {
	im.mu.Lock()
	defer im.mu.Unlock()
	if d.dropped {
		return ErrDropped
	}
	path := filepath.Join(im.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("making the folder of a page image: %w", err)
	}
	if err := os.WriteFile(path+".new", jpeg, 0o600); err != nil {
		return errors.Join(fmt.Errorf("writing a page image: %w", err), os.Remove(path+".new"))
	}
	if err := os.Rename(path+".new", path); err != nil {
		return fmt.Errorf("naming a page image: %w", err)
	}
	im.remember(image{name, int64(len(jpeg))})
	im.shrink()
	return nil
}

// remember, forget and shrink need mu.

func (im *Images) remember(i image) {
	if old := im.byName[i.name]; old != nil {
		im.bytes -= old.Value.(image).size
		im.used.Remove(old)
	}
	im.byName[i.name] = im.used.PushFront(i)
	im.bytes += i.size
}

func (im *Images) forget(name string) {
	element := im.byName[name]
	im.bytes -= element.Value.(image).size
	im.used.Remove(element)
	delete(im.byName, name)
	_ = os.Remove(filepath.Join(im.dir, name))               // what cannot be removed is taken over again at the next start
	_ = os.Remove(filepath.Dir(filepath.Join(im.dir, name))) // only if it was the last one
}

func (im *Images) shrink() {
	for im.bytes > im.maxBytes && im.used.Len() > 0 {
		im.forget(im.used.Back().Value.(image).name)
	}
}

// takeOver finds the images on disk, in the order of their last use, and removes what was being written when the program ended.
func (im *Images) takeOver() error {
	paths, err := filepath.Glob(filepath.Join(im.dir, "*", "*"))
	if err != nil {
		return err
	}
	type found struct {
		image
		at time.Time
	}
	var all []found
	for _, path := range paths {
		if filepath.Ext(path) == ".new" {
			if err := os.Remove(path); err != nil {
				return err
			}
			continue
		}
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		name := filepath.Join(filepath.Base(filepath.Dir(path)), filepath.Base(path))
		all = append(all, found{image{name, info.Size()}, info.ModTime()})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].at.Before(all[j].at) })
	im.mu.Lock()
	defer im.mu.Unlock()
	for _, f := range all {
		im.remember(f.image)
	}
	im.shrink()
	return nil
}
