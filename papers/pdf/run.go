package pdf

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"
)

// What became of a child that did not end well. They never leave the package bare: Unreadable wraps them.
var (
	errTooSlow   = errors.New("the time limit was reached")
	errTooLong   = errors.New("the output limit was reached")
	errNoMemory  = errors.New("the memory limit was reached")
	errPassword  = errors.New("a password is needed")
	errNoPages   = errors.New("there are no pages")
	errBadResult = errors.New("the program gave no usable answer")
)

// maxComplaint bounds what is kept of a child's standard error.
const maxComplaint = 64 << 10

// child is a program to be started with limits.
type child struct {
	name, path string
	args       []string
	in         io.Reader // standard input; may be nil
	timeout    time.Duration
	memory     string   // the option of prlimit that bounds it
	size       int64    // bytes it may write to one file
	env        []string // beside the little that all get
}

// run starts the named program with args on the file and hands its standard output to read. An error of read ends the child and is
// returned as it is; so is the end of ctx. Other failures are one of the errors above, or those of starting a child at all.
func (t *Tools) run(ctx context.Context, timeout time.Duration, name string, args []string, path string, read func(io.Reader) error) error {
	// An absolute path starts with a slash: no file name can be taken for an option, for standard input or for an address.
	path, err := filepath.Abs(path)
	if err != nil {
		return fmt.Errorf("making the path absolute: %w", err)
	}
	args = append(slices.Clone(args), path)
	if name == "pdftotext" || name == "qpdf" {
		args = append(args, "-")
	}
	return t.start(ctx, child{
		name: name, path: t.programs[name], args: args, timeout: timeout, memory: "--as=" + strconv.FormatInt(t.limits.Memory, 10),
		size: 16 << 20, // they write to a pipe; font caches are all that may be left to write
	}, read)
}

// start runs a child when a slot is free.
func (t *Tools) start(ctx context.Context, c child, read func(io.Reader) error) error {
	select {
	case t.slots <- struct{}{}:
		defer func() { <-t.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	limited, cancel := context.WithTimeoutCause(ctx, c.timeout, errTooSlow)
	defer cancel()

	var complaint boundedBuffer
	cmd := t.command(limited, c)
	cmd.Stderr = &complaint
	stdout, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("making a pipe: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", c.name, err)
	}
	readErr := read(&boundedReader{r: stdout, left: t.limits.MaxOutput})
	if readErr != nil {
		cancel() // kills the child, which may be waiting for somebody to read on
	}
	waitErr := cmd.Wait()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(context.Cause(limited), errTooSlow):
		return errTooSlow
	case readErr != nil:
		return readErr
	case waitErr != nil:
		return explain(waitErr, complaint.Bytes())
	}
	return nil
}

// command puts the program behind prlimit, in a process group of its own that is killed whole, with nothing of our environment.
// It may use as much processor time as wall-clock time: that bounds a child which outlives us.
func (t *Tools) command(ctx context.Context, c child) *exec.Cmd {
	seconds := int64(c.timeout/time.Second) + 1
	full := []string{
		c.memory,
		"--cpu=" + strconv.FormatInt(seconds, 10),
		"--fsize=" + strconv.FormatInt(c.size, 10),
		"--nofile=64",
		"--core=0",
		"--", c.path,
	}
	cmd := exec.CommandContext(ctx, t.programs["prlimit"], append(full, c.args...)...)
	cmd.Stdin = c.in
	cmd.Env = append([]string{"LANG=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin"}, c.env...)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// explain turns a bad end of a child into one of the package's errors, keeping the child's words for the log.
func explain(waitErr error, complaint []byte) error {
	var exit *exec.ExitError
	if !errors.As(waitErr, &exit) {
		return fmt.Errorf("waiting for the child: %w", waitErr)
	}
	status, _ := exit.Sys().(syscall.WaitStatus)
	switch {
	case status.Signaled() && status.Signal() == syscall.SIGXCPU:
		return errTooSlow
	case bytes.Contains(complaint, []byte("Incorrect password")):
		return errPassword
	case bytes.Contains(complaint, []byte("Invalid page count 0\n")):
		return errNoPages
	case bytes.Contains(complaint, []byte("bad_alloc")), bytes.Contains(complaint, []byte("ut of memory")): // the second is also Go's
		return errNoMemory
	}
	first, _, _ := bytes.Cut(complaint, []byte("\n"))
	return fmt.Errorf("%w: %w: %.200q", errBadResult, waitErr, first)
}

// all reads everything into memory, for runs with small answers.
func (t *Tools) all(ctx context.Context, name string, args []string, path string) ([]byte, error) {
	var out []byte
	err := t.run(ctx, t.limits.PageTimeout, name, args, path, func(r io.Reader) error {
		var err error
		out, err = io.ReadAll(r)
		return err
	})
	return out, err
}

// boundedReader gives errTooLong where io.LimitReader would pretend the end of the file.
type boundedReader struct {
	r    io.Reader
	left int64
}

func (b *boundedReader) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return 0, errTooLong
	}
	return n, err
}

// boundedBuffer keeps the beginning of what is written and swallows the rest, so that the child never blocks on it.
type boundedBuffer struct{ bytes.Buffer }

func (b *boundedBuffer) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, maxComplaint-b.Len()))])
	return len(p), nil
}
