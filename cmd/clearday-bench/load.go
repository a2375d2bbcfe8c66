package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"sync"
	"time"
)

// loadOrders say what to send. The client is a bare loop on connections that stay open, one request
// after the other on each: a real client would cost more than the servers measured here.
type loadOrders struct {
	Addr   string
	Path   string
	Accept string        // encodings, "" for identity
	Unique string        // not empty: each request has this and a number of its own as its query
	Conns  int           //
	For    time.Duration //
}

// loadAnswer is what came back.
type loadAnswer struct {
	Requests int
	Bytes    int64
	For      time.Duration
	P50, P99 time.Duration
}

func loadChild(in io.Reader, out io.Writer) error {
	var o loadOrders
	if _, err := orders(in, &o); err != nil {
		return err
	}
	clients := make([]client, o.Conns)
	errs := make([]error, o.Conns)
	begun := time.Now()
	var work sync.WaitGroup
	for i := range clients {
		clients[i] = client{orders: o, place: i}
		work.Go(func() { errs[i] = clients[i].run(begun.Add(o.For)) })
	}
	work.Wait()
	a := loadAnswer{For: time.Since(begun)}
	var all []time.Duration
	for _, c := range clients {
		a.Bytes += c.bytes
		all = append(all, c.took...)
	}
	a.Requests, a.P50, a.P99 = len(all), percentile(all, 50), percentile(all, 99)
	return errors.Join(append(errs, json.NewEncoder(out).Encode(a))...)
}

// client is one connection.
type client struct {
	orders loadOrders
	place  int
	bytes  int64
	took   []time.Duration
}

func (c *client) run(until time.Time) error {
	nc, err := net.DialTimeout("tcp", c.orders.Addr, 5*time.Second)
	if err != nil {
		return fmt.Errorf("connecting: %w", err)
	}
	defer nc.Close()
	if err := nc.SetDeadline(until.Add(10 * time.Second)); err != nil {
		return fmt.Errorf("setting a deadline: %w", err)
	}
	r := bufio.NewReaderSize(nc, 64<<10)
	c.took = make([]time.Duration, 0, 1<<14)
	var req []byte
	for at, n := time.Now(), 0; at.Before(until); n++ {
		if req == nil || c.orders.Unique != "" {
			req = c.request(req[:0], n)
		}
		if _, err := nc.Write(req); err != nil {
			return fmt.Errorf("sending: %w", err)
		}
		size, err := answer(r)
		if err != nil {
			return err
		}
		now := time.Now()
		c.took, c.bytes, at = append(c.took, now.Sub(at)), c.bytes+int64(size), now
	}
	return nil
}

// request writes what a browser would send, shortened.
func (c *client) request(b []byte, n int) []byte {
	o := c.orders
	b = append(append(b, "GET "...), o.Path...)
	if o.Unique != "" {
		b = fmt.Appendf(b, "?%s=%d-%d", o.Unique, c.place, n)
	}
	b = append(append(b, " HTTP/1.1\r\nHost: "...), o.Addr...)
	b = append(b, "\r\nUser-Agent: clearday-bench\r\nAccept: text/html,application/xhtml+xml,*/*;q=0.8\r\nAccept-Language: en-GB\r\n"...)
	if o.Accept != "" {
		b = append(append(append(b, "Accept-Encoding: "...), o.Accept...), "\r\n"...)
	}
	return append(b, "\r\n"...)
}

var (
	headEnd   = []byte("\r\n\r\n")
	okStatus  = []byte("HTTP/1.1 200 ")
	lengthKey = []byte("\r\nContent-Length: ")
)

// answer reads one answer to its end, in place. It must be a 200 that says its length.
func answer(r *bufio.Reader) (size int, err error) {
	var head []byte
	for end := -1; end < 0; {
		if _, err = r.Peek(len(head) + 1); err != nil {
			return 0, fmt.Errorf("reading an answer: %w", err)
		}
		if head, err = r.Peek(r.Buffered()); err != nil {
			return 0, fmt.Errorf("reading an answer: %w", err)
		}
		if end = bytes.Index(head, headEnd); end >= 0 {
			head = head[:end+len(headEnd)]
		}
	}
	if !bytes.HasPrefix(head, okStatus) {
		return 0, fmt.Errorf("the answer was %q", head[:min(len(head), 200)])
	}
	i := bytes.Index(head, lengthKey)
	if i < 0 {
		return 0, errors.New("the answer does not say its length")
	}
	digits := head[i+len(lengthKey):]
	length, err := strconv.Atoi(string(digits[:bytes.IndexByte(digits, '\r')]))
	if err != nil {
		return 0, fmt.Errorf("reading a length: %w", err)
	}
	if size, err = r.Discard(len(head) + length); err != nil {
		return 0, fmt.Errorf("reading a body: %w", err)
	}
	return size, nil
}
