package livestream

import (
	"context"
	"encoding/json"
	"time"
)

// pollAge is how old what a poll answers may be: a thousand pages that poll read the record together.
const pollAge = 250 * time.Millisecond

// Poll answers the frames that a socket would have brought since the number, for pages that have
// none: nothing when nothing is new; the events; or, for since -1 and whoever cannot be continued, a
// hello and the watcher's own side. A moderator gets the queue each time.
func (h *Hub) Poll(ctx context.Context, meeting string, since int64, v Viewer) ([]json.RawMessage, error) {
	h.init()
	c, err := h.crowd(ctx, meeting)
	if err != nil {
		return nil, err
	}
	defer h.release(c)
	if err := c.fresh(ctx, pollAge); err != nil {
		return nil, err
	}
	frames, err := h.pollFrames(ctx, c, since, v)
	if err != nil {
		return nil, err
	}
	if v.Moderator {
		if err := c.readQueue(ctx); err != nil {
			return nil, err
		}
		f, _ := c.queueAfter(-1)
		frames = append(frames, f.payload())
	}
	return frames, nil
}

func (h *Hub) pollFrames(ctx context.Context, c *crowd, since int64, v Viewer) ([]json.RawMessage, error) {
	frames := []json.RawMessage{}
	if since >= 0 && since <= c.at() {
		if f, _, ok := c.tail(since); ok {
			if f != nil {
				frames = append(frames, f.payload())
			}
			return frames, nil
		}
	}
	f, _, err := c.whole(ctx)
	if err != nil {
		return nil, err
	}
	you, err := h.you(ctx, c.meeting, v.Device, v.DeviceName)
	if err != nil {
		return nil, err
	}
	return append(frames, f.payload(), you.payload()), nil
}
