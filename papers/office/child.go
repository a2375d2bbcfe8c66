package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// What became of a child that did not end well. They never leave the package bare: Unreadable wraps them.
var (
	errTooSlow = errors.New("the time limit was reached")
	errFailed  = errors.New("the program ended with an error")
)

// maxComplaint bounds what is kept of what a child says.
const maxComplaint = 64 << 10

// run runs a program in dir, one of its kind at a time, and gives what it said. Nothing of our environment reaches it; dir is its home,
// its working directory and where its temporary files go; it is killed with all its children when ctx or its time ends.
func (t *Tools) run(ctx context.Context, turn chan struct{}, timeout time.Duration, dir string, program string, args ...string) (said []byte, err error) {
	select {
	case turn <- struct{}{}:
		defer func() { <-turn }()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	limited, cancel := context.WithTimeoutCause(ctx, timeout, errTooSlow)
	defer cancel()
	var out boundedBuffer
	cmd := t.command(limited, timeout, dir, program, args)
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	var exit *exec.ExitError
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(context.Cause(limited), errTooSlow):
		return out.Bytes(), errTooSlow
	case errors.As(err, &exit):
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() && status.Signal() == syscall.SIGXCPU {
			return out.Bytes(), errTooSlow
		}
		return out.Bytes(), fmt.Errorf("%w: %w: %.300q", errFailed, err, out.Bytes())
	case err != nil:
		return nil, fmt.Errorf("running %s: %w", program, err)
	}
	return out.Bytes(), nil
}

// command puts the program behind prlimit and, where possible, into a network of its own that leads nowhere. It may use as much
// processor time as wall-clock time: that bounds a child which outlives us.
func (t *Tools) command(ctx context.Context, timeout time.Duration, dir, program string, args []string) *exec.Cmd {
	full := append([]string{}, t.offline...)
	full = append(full, t.prlimit,
		"--as="+strconv.FormatInt(t.limits.Memory, 10),
		"--cpu="+strconv.FormatInt(int64(timeout/time.Second)+1, 10),
		"--fsize="+strconv.FormatInt(t.limits.Output, 10),
		"--nofile=512",
		"--core=0",
		"--", program)
	full = append(full, args...)
	cmd := exec.CommandContext(ctx, full[0], full[1:]...)
	cmd.Env = []string{"LANG=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin", "HOME=" + dir, "TMPDIR=" + dir, "XDG_RUNTIME_DIR=" + dir, "OMP_THREAD_LIMIT=1"}
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	return cmd
}

// boundedBuffer keeps the beginning of what is written and swallows the rest, so that the child never blocks on it.
type boundedBuffer struct{ bytes.Buffer }

func (b *boundedBuffer) Write(p []byte) (int, error) {
	b.Buffer.Write(p[:min(len(p), max(0, maxComplaint-b.Len()))])
	return len(p), nil
}
