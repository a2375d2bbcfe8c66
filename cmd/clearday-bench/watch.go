package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/gorilla/websocket"
)

// watchOrders say what to watch. Each 100 sockets come from an address of their own, and each process
// has addresses of its own by its place.
type watchOrders struct {
	URL     string
	Sockets int
	Place   int
}

// watchAnswer comes when all sockets have their first frame.
type watchAnswer struct{ Sockets int }

const perAddress = 100

// watchChild holds sockets until its input ends. The files that it may open are raised to the limit
// of the machine by Go itself.
func watchChild(in io.Reader, out io.Writer) error {
	var o watchOrders
	rest, err := orders(in, &o)
	if err != nil {
		return err
	}
	var connecting sync.WaitGroup
	errs := make([]error, 16)
	for worker := range errs {
		connecting.Go(func() {
			for i := worker; i < o.Sockets && errs[worker] == nil; i += len(errs) {
				errs[worker] = o.watch(i)
			}
		})
	}
	connecting.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	if err := json.NewEncoder(out).Encode(watchAnswer{o.Sockets}); err != nil {
		return fmt.Errorf("answering: %w", err)
	}
	_, err = io.Copy(io.Discard, rest)
	return err
}

// watch opens a socket, waits for its first frame and reads on in the background, which answers pings.
func (o watchOrders) watch(i int) error {
	from := &net.TCPAddr{IP: net.IPv4(127, byte(10+o.Place), byte(i/perAddress/250), byte(1+i/perAddress%250))}
	dialer := net.Dialer{Timeout: 20 * time.Second, LocalAddr: from}
	d := websocket.Dialer{NetDialContext: dialer.DialContext, HandshakeTimeout: 20 * time.Second, ReadBufferSize: 1 << 10, WriteBufferSize: 512}
	conn, res, err := d.Dial(o.URL, http.Header{"Sec-Websocket-Protocol": {"clearday.live.v1"}})
	if err != nil {
		if res != nil {
			return fmt.Errorf("opening socket %d: %w (%s)", i, err, res.Status)
		}
		return fmt.Errorf("opening socket %d: %w", i, err)
	}
	if _, _, err := conn.ReadMessage(); err != nil {
		return fmt.Errorf("reading the first frame of socket %d: %w", i, err)
	}
	go func() {
		for {
			if _, _, err := conn.NextReader(); err != nil {
				_ = conn.Close() // the server ended it, or the process ends
				return
			}
		}
	}()
	return nil
}
