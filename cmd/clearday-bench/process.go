package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process is a running program under measurement.
type process struct {
	pid
	cmd   *exec.Cmd
	addr  string // 127.0.0.1:port
	log   string // the file that its errors go to
	began time.Time
}

// spawn starts the program and waits for the line with its address. cpus pins it to these processors;
// empty leaves it free.
func (b *bench) spawn(ctx context.Context, cpus string, env []string, args ...string) (*process, error) {
	all := slices.Concat(b.under, []string{b.binary}, args)
	if cpus != "" {
		all = append([]string{"taskset", "-c", cpus}, all...)
	}
	name := all[0]
	cmd := exec.CommandContext(ctx, name, all[1:]...)
	cmd.Env = slices.Concat(os.Environ(), b.env, env)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 10 * time.Second
	log, err := os.CreateTemp(b.dir, "log-")
	if err != nil {
		return nil, fmt.Errorf("making a log file: %w", err)
	}
	defer log.Close()
	cmd.Stderr = log
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("making a pipe: %w", err)
	}
	p := &process{cmd: cmd, log: log.Name(), began: time.Now()}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting %s: %w", name, err)
	}
	p.pid = pid(cmd.Process.Pid)
	r := bufio.NewReader(out)
	line, err := r.ReadString('\n')
	if err != nil {
		return nil, errors.Join(fmt.Errorf("waiting for the address of %s: %w\n%s", name, err, p.tail()), p.stop())
	}
	go func() { _, _ = io.Copy(io.Discard, r) }() // ends with the process
	p.addr = "127.0.0.1:" + strings.TrimSpace(line[strings.LastIndexByte(line, ':')+1:])
	return p, nil
}

// serve starts the program on the data directory, at a free port, and waits until it is ready.
func (b *bench) serve(ctx context.Context, data, cpus string, args ...string) (*process, error) {
	return b.serveAt(ctx, "127.0.0.1:0", data, cpus, args...)
}

func (b *bench) serveAt(ctx context.Context, addr, data, cpus string, args ...string) (*process, error) {
	env := []string{"CLEARDAY_LISTEN=" + addr, "CLEARDAY_DATA=" + data}
	p, err := b.spawn(ctx, cpus, env, append([]string{"serve"}, args...)...)
	if err != nil {
		return nil, err
	}
	if err := p.ready(ctx); err != nil {
		return nil, errors.Join(err, p.stop())
	}
	return p, nil
}

// ready waits for the first good answer of /readyz.
func (p *process) ready(ctx context.Context) error {
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+p.addr+"/readyz", nil)
		if err != nil {
			return fmt.Errorf("asking whether it is ready: %w", err)
		}
		res, err := http.DefaultClient.Do(req)
		if err == nil {
			_ = res.Body.Close() // read by nobody
			if res.StatusCode == http.StatusOK {
				return nil
			}
		}
		if err := pause(ctx, time.Millisecond); err != nil {
			return err
		}
	}
	return fmt.Errorf("the program was not ready in a minute\n%s", p.tail())
}

// stop ends the process in the way an operator would, and waits until it is gone.
func (p *process) stop() error {
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return fmt.Errorf("stopping: %w", err)
	}
	timer := time.AfterFunc(40*time.Second, func() { _ = p.cmd.Process.Kill() })
	defer timer.Stop()
	var exit *exec.ExitError
	if err := p.cmd.Wait(); err != nil && !errors.As(err, &exit) && !errors.Is(err, context.Canceled) {
		return fmt.Errorf("stopping: %w", err)
	}
	return nil
}

// tail gives the end of what the process wrote to its log.
func (p *process) tail() string {
	b, err := os.ReadFile(p.log)
	if err != nil {
		return ""
	}
	return string(b[max(0, len(b)-2000):])
}

// pid is a process that can be looked at.
type pid int

// memory reads the resident bytes of the process, and how many of them are its own and not files mapped.
func (p pid) memory() (resident, own int64, err error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p))
	if err != nil {
		return 0, 0, fmt.Errorf("reading its memory: %w", err)
	}
	field := func(name string) int64 {
		_, rest, _ := strings.Cut(string(b), "\n"+name+":")
		n, _, _ := strings.Cut(strings.TrimSpace(rest), " ")
		kib, _ := strconv.ParseInt(n, 10, 64) // 0 shows in the table
		return kib << 10
	}
	return field("VmRSS"), field("RssAnon"), nil
}

// cpu reads the processor time that the process has used, in ticks of 10 ms.
func (p pid) cpu() (time.Duration, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p))
	if err != nil {
		return 0, fmt.Errorf("reading its processor time: %w", err)
	}
	f := strings.Fields(string(b[strings.LastIndexByte(string(b), ')')+1:]))
	user, uerr := strconv.ParseInt(f[11], 10, 64)
	system, serr := strconv.ParseInt(f[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond, errors.Join(uerr, serr)
}

// inUse says how many processors the process uses during the time.
func (p pid) inUse(ctx context.Context, during time.Duration) (float64, error) {
	before, err := p.cpu()
	if err != nil {
		return 0, err
	}
	begun := time.Now()
	if err := pause(ctx, during); err != nil {
		return 0, err
	}
	after, err := p.cpu()
	return (after - before).Seconds() / time.Since(begun).Seconds(), err
}

// halves gives processors for the server and for its load, so that neither takes the other's; empty
// where there is only one or no taskset.
func halves() (server, load string) {
	n := runtime.NumCPU()
	if _, err := exec.LookPath("taskset"); err != nil || n < 2 {
		return "", ""
	}
	return fmt.Sprintf("0-%d", n/2-1), fmt.Sprintf("%d-%d", n/2, n-1)
}

func cpuModel() string {
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return "unknown processor"
	}
	_, rest, _ := strings.Cut(string(b), "model name")
	name, _, _ := strings.Cut(rest, "\n")
	return strings.Trim(name, " \t:")
}

func (b *bench) data(name string) string { return filepath.Join(b.dir, name) }

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
