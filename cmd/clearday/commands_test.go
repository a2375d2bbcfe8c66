package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"
)

// operator runs the built program as an operator does, on a data directory of its own.
type operator struct {
	bin, dir string
}

// said is what a command printed and how it ended.
type said struct {
	out, err string
	code     int
}

func (o operator) cmd(ctx context.Context, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, o.bin, args...)
	for _, e := range os.Environ() { // of the person who runs the tests
		if !strings.HasPrefix(e, "CLEARDAY_") {
			cmd.Env = append(cmd.Env, e)
		}
	}
	cmd.Env = append(append(cmd.Env, "CLEARDAY_DATA="+o.dir, "CLEARDAY_LISTEN=127.0.0.1:0"), env...)
	cmd.Dir = filepath.Dir(o.bin)
	return cmd
}

func (o operator) run(t *testing.T, env []string, args ...string) said {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := o.cmd(ctx, env, args...)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	err := cmd.Run()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) || ctx.Err() != nil {
		t.Fatalf("clearday %v: %v %v\n%s", args, err, ctx.Err(), errOut.String())
	}
	return said{out.String(), errOut.String(), cmd.ProcessState.ExitCode()}
}

// serve starts the program and answers its address once it takes requests.
func (o operator) serve(t *testing.T) (address string, process *exec.Cmd) {
	t.Helper()
	cmd := o.cmd(context.Background(), nil, "serve")
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	_, address, found := strings.Cut(strings.TrimSpace(line), "Clearday is at ")
	if err != nil || !found {
		t.Fatalf("serve said %q, %v\n%s", line, err, errOut.String())
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return address, cmd
}

func TestCommands(t *testing.T) {
	o := operator{buildBinary(t), filepath.Join(t.TempDir(), "data")}
	t.Run("help", func(t *testing.T) {
		for _, args := range [][]string{nil, {"help"}, {"--help"}, {"-h"}} {
			got := o.run(t, []string{"CLEARDAY_NONSENSE=1"}, args...) // also with settings that are wrong
			if got.code != 0 || got.err != "" {
				t.Errorf("%v: %+v", args, got)
			}
			for _, c := range commands {
				if !strings.Contains(got.out, "  clearday "+c.usage+"\n") {
					t.Errorf("%v does not list %s", args, c.name)
				}
			}
		}
		got := o.run(t, nil, "help", "settings")
		for _, name := range []string{"LISTEN", "DATA", "PUBLIC_URL", "DATABASE_URL", "REDIS_URL", "MEILI_URL", "MEILI_KEY", "BLOB_URL", "SMTP_URL", "TRUSTED_PROXIES", "SITE_KEY", "LOG_KEY"} {
			if !strings.Contains(got.out, "  CLEARDAY_"+name+"\n") {
				t.Errorf("help settings does not list %s", name)
			}
		}
		if _, err := os.Stat(o.dir); err == nil {
			t.Error("asking for help made a data directory")
		}
	})
	t.Run("wrong calls", func(t *testing.T) {
		for _, c := range []struct {
			env  []string
			args string
			code int
			says string
		}{
			{nil, "sevre", 2, `clearday: there is no command "sevre": run clearday help`},
			{nil, "serve --dmeo", 2, "usage: clearday serve"},
			{nil, "token", 2, "usage: clearday token add"},
			{nil, "token add", 2, "usage: clearday token add"},
			{nil, "token add --role secretary", 2, "usage: clearday token add"},
			{nil, "token add ci", 2, "--role must be one of author, secretary, moderator, chair, member, admin, captioner"},
			{nil, "token add ci --role boss", 2, "--role must be one of author, secretary"},
			{nil, "token add ci --role", 2, "usage: clearday token add"},
			{nil, "token add ci --role author --bord x", 2, "usage: clearday token add"},
			{nil, "token add ci --role author --board nowhere", 1, `there is no board "nowhere"`},
			{nil, "user add ruth --role author", 2, `"ruth" is not an e-mail address`},
			{nil, "user add ruth@ --role author", 2, `"ruth@" is not an e-mail address`},
			{nil, "user remove ruth@example.org --role author", 2, "usage: clearday user add"},
			{[]string{"CLEARDAY_LISTENS=:80"}, "serve", 1, "clearday: CLEARDAY_LISTENS is not a setting of Clearday: run `clearday help settings` for the list"},
			{[]string{"CLEARDAY_LISTENS=:80"}, "token add ci --role author", 1, "CLEARDAY_LISTENS is not a setting"},
			{[]string{"CLEARDAY_DATABASE_URL=mysql://x"}, "serve", 1, "clearday: CLEARDAY_DATABASE_URL: must begin with postgres://"},
			{[]string{"CLEARDAY_LISTEN=nowhere:none"}, "serve", 1, "listening on nowhere:none (set CLEARDAY_LISTEN to use another)"},
		} {
			got := o.run(t, c.env, strings.Fields(c.args)...)
			if got.code != c.code || got.out != "" || !strings.Contains(got.err, c.says) || strings.Count(got.err, "\n") != 1 || !strings.HasPrefix(got.err, "clearday: ") {
				t.Errorf("clearday %s ended with %d, %q, %q; want %d and one line with %q", c.args, got.code, got.out, got.err, c.code, c.says)
			}
		}
	})
	t.Run("journey", func(t *testing.T) { operate(t, operator{o.bin, filepath.Join(t.TempDir(), "fresh", "data")}) })
}

// operate goes the way of an operator: a token before the first start, the start, people while it
// runs, a second start by mistake, the end.
func operate(t *testing.T, o operator) {
	first := o.run(t, nil, "token", "add", "ci", "--role", "admin")
	token := strings.TrimSuffix(first.out, "\n")
	if first.code != 0 || first.err != "" || !regexp.MustCompile(`^cld_[A-Za-z0-9_-]{43}$`).MatchString(token) {
		t.Fatalf("token add printed %q and %q (%d), want a token alone", first.out, first.err, first.code)
	}
	address, process := o.serve(t)
	call := func(method, path, token, body string) int {
		t.Helper()
		req, err := http.NewRequest(method, address+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		return res.StatusCode
	}
	if got := call("POST", "/api/v1/boards", token, `{"name":"Partnership Board"}`); got != http.StatusCreated {
		t.Errorf("the token of before the start answers %d", got)
	}
	if got := call("POST", "/api/v1/boards", token[:len(token)-1], `{"name":"Another"}`); got != http.StatusUnauthorized {
		t.Errorf("another token answers %d", got)
	}

	link := regexp.MustCompile(`^http://localhost:\d+(/sign-in/[A-Za-z0-9_-]{43})\n$`)
	var links []string
	for _, args := range []string{"--role secretary --board partnership-board", "--role=moderator"} {
		got := o.run(t, nil, append([]string{"user", "add", "Ruth@example.org"}, strings.Fields(args)...)...)
		m := link.FindStringSubmatch(got.out)
		if got.code != 0 || got.err != "" || m == nil {
			t.Fatalf("user add %s printed %q and %q (%d), want a link alone", args, got.out, got.err, got.code)
		}
		links = append(links, m[1])
	}
	if links[0] == links[1] {
		t.Error("the same address twice has the same link")
	}
	for _, l := range links {
		if got := call("GET", l, "", ""); got != http.StatusOK {
			t.Errorf("a link made while the program runs answers %d", got)
		}
	}

	t.Run("serve twice", func(t *testing.T) {
		got := o.run(t, nil, "serve")
		if got.code != 1 || strings.Contains(got.out, "Clearday is at") || !strings.Contains(got.err, "another program") || strings.Contains(got.err, "panic") {
			t.Errorf("the second program ended with %d, %q, %q", got.code, got.out, got.err)
		}
		if got := call("GET", "/readyz", "", ""); got != http.StatusOK {
			t.Errorf("after that the first one answers %d", got)
		}
	})
	t.Run("stop and start", func(t *testing.T) {
		if err := process.Process.Signal(syscall.SIGTERM); err != nil {
			t.Fatal(err)
		}
		if err := process.Wait(); err != nil {
			t.Errorf("after SIGTERM: %v", err)
		}
		address, _ = o.serve(t)
		if got := call("GET", "/boards/partnership-board", "", ""); got != http.StatusOK {
			t.Errorf("after a restart the board answers %d", got)
		}
		if got := call("POST", "/api/v1/boards", token, `{"name":"Second Board"}`); got != http.StatusCreated {
			t.Errorf("after a restart the token answers %d", got)
		}
	})
	for path, mode := range map[string]os.FileMode{".": 0o700, "keys": 0o700, "keys/site.key": 0o600, "files": 0o700} {
		if info, err := os.Stat(filepath.Join(o.dir, path)); err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s in the data directory is open to others: %v %v", path, info, err)
		}
	}
}
