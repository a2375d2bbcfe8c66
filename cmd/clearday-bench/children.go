package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"time"
)

// children are the parts that this binary plays in processes of their own, so that they take neither
// files nor memory nor processor time of each other. A child reads its orders from standard input as
// JSON, answers on standard output, and ends when its input does.
var children = map[string]func(orders io.Reader, out io.Writer) error{
	"child-load":    loadChild,
	"child-bare":    bareChild,
	"child-gorilla": gorillaChild,
	"child-watch":   watchChild,
	"child-pack":    packChild,
}

// ask runs a child on its orders to its end and reads its answer.
func ask(ctx context.Context, cpus, child string, orders, answer any) error {
	c, err := start(ctx, cpus, child, orders)
	if err != nil {
		return err
	}
	return errors.Join(c.answer(answer), c.end())
}

// running is a child at work.
type running struct {
	pid
	cmd   *exec.Cmd
	stdin io.WriteCloser
	out   *json.Decoder
}

func start(ctx context.Context, cpus, child string, orders any) (*running, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("finding this program: %w", err)
	}
	name, args := self, []string{child}
	if cpus != "" {
		name, args = "taskset", []string{"-c", cpus, self, child}
	}
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stderr = os.Stderr
	cmd.WaitDelay = 5 * time.Second
	in, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", child, err)
	}
	c := &running{pid: pid(cmd.Process.Pid), cmd: cmd, stdin: in, out: json.NewDecoder(out)}
	if err := json.NewEncoder(in).Encode(orders); err != nil {
		return nil, errors.Join(fmt.Errorf("giving %s its orders: %w", child, err), c.end())
	}
	return c, nil
}

// answer waits for the next answer of the child.
func (c *running) answer(into any) error {
	if err := c.out.Decode(into); err != nil {
		return fmt.Errorf("reading the answer of a child: %w", err)
	}
	return nil
}

// end asks the child to end and waits for it.
func (c *running) end() error {
	_ = c.stdin.Close() // it may have ended already
	if err := c.cmd.Wait(); err != nil {
		return fmt.Errorf("a child: %w", err)
	}
	return nil
}

// orders reads what a child is to do, and gives the rest of the input, whose end is the child's.
func orders(in io.Reader, into any) (rest io.Reader, err error) {
	d := json.NewDecoder(in)
	if err := d.Decode(into); err != nil {
		return nil, fmt.Errorf("reading orders: %w", err)
	}
	return io.MultiReader(d.Buffered(), in), nil
}
