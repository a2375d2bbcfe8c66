package config_test

import (
	"bytes"
	"encoding/hex"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"clearday/server/config"
)

const (
	keyA = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	keyB = "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210"
	pg   = "CLEARDAY_DATABASE_URL=postgres://clearday@127.0.0.1/clearday"
)

func TestRead(t *testing.T) {
	t.Run("nothing set", func(t *testing.T) {
		t.Chdir(t.TempDir())
		c, err := config.Read([]string{"HOME=/root", "PATH=/bin", "CLEARDAY=1"})
		if err != nil {
			t.Fatal(err)
		}
		if c.Listen != ":8080" || c.Data != "./data" || c.PublicURL != nil || c.DatabaseURL != "" || c.TrustedProxies != nil {
			t.Errorf("Read gave %+v", c)
		}
	})
	t.Run("everything set", func(t *testing.T) {
		c, err := config.Read([]string{"CLEARDAY_LISTEN=127.0.0.1:9000", "CLEARDAY_DATA=/srv/clearday", "CLEARDAY_PUBLIC_URL=https://meetings.example.org/",
			pg, "CLEARDAY_TRUSTED_PROXIES=10.0.0.0/8, 192.0.2.7,2001:db8::/32", "CLEARDAY_SITE_KEY=" + keyA, "CLEARDAY_LOG_KEY=" + keyB,
			"CLEARDAY_REDIS_URL=", "CLEARDAY_TEST_DATABASE_URL=anything", "CLEARDAY_TEST_NONSENSE=1"})
		if err != nil {
			t.Fatal(err)
		}
		if c.Listen != "127.0.0.1:9000" || c.Data != "/srv/clearday" || c.PublicURL.String() != "https://meetings.example.org" || "CLEARDAY_DATABASE_URL="+c.DatabaseURL != pg {
			t.Errorf("Read gave %+v", c)
		}
		if hex.EncodeToString(c.SiteKey[:]) != keyA || hex.EncodeToString(c.LogKey[:]) != keyB {
			t.Errorf("the keys are %x and %x", c.SiteKey, c.LogKey)
		}
		var proxies []string
		for _, p := range c.TrustedProxies {
			proxies = append(proxies, p.String())
		}
		if got := strings.Join(proxies, " "); got != "10.0.0.0/8 192.0.2.7/32 2001:db8::/32" {
			t.Errorf("trusted proxies %s", got)
		}
	})
}

func TestReadFile(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	if err := os.WriteFile(file, []byte(keyA+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	data := "CLEARDAY_DATA=" + t.TempDir()
	for name, environ := range map[string][]string{
		"alone":                    {"CLEARDAY_SITE_KEY_FILE=" + file},
		"before its empty twin":    {"CLEARDAY_SITE_KEY_FILE=" + file, "CLEARDAY_SITE_KEY="},
		"after its empty twin":     {"CLEARDAY_SITE_KEY=", "CLEARDAY_SITE_KEY_FILE=" + file},
		"empty, beside the value":  {"CLEARDAY_SITE_KEY_FILE=", "CLEARDAY_SITE_KEY=" + keyA},
		"the last of one name won": {"CLEARDAY_SITE_KEY=" + keyB, "CLEARDAY_SITE_KEY=" + keyA},
	} {
		c, err := config.Read(append(environ, data))
		if err != nil || hex.EncodeToString(c.SiteKey[:]) != keyA {
			t.Errorf("%s: the key is %x, %v", name, c.SiteKey, err)
		}
	}
}

func TestReadRefused(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "short")
	if err := os.WriteFile(file, []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ set, names string }{
		"unknown name":              {"CLEARDAY_LISTENS=:80", "CLEARDAY_LISTENS is not a setting"},
		"unknown twin":              {"CLEARDAY_PORT_FILE=/etc/port", "CLEARDAY_PORT_FILE is not a setting"},
		"twin alone":                {"CLEARDAY__FILE=x", "CLEARDAY__FILE is not a setting"},
		"unknown, empty":            {"CLEARDAY_LISTENS=", "CLEARDAY_LISTENS is not a setting"},
		"test name misplaced":       {"CLEARDAY_TESTS=1", "CLEARDAY_TESTS is not a setting"},
		"small letters":             {"CLEARDAY_listen=:80", "CLEARDAY_listen is not a setting"},
		"file missing":              {"CLEARDAY_SITE_KEY_FILE=" + dir + "/none", "CLEARDAY_SITE_KEY_FILE: reading the file"},
		"bad value in a file":       {"CLEARDAY_SITE_KEY_FILE=" + file, "CLEARDAY_SITE_KEY: must be 64 hex digits"},
		"key too short":             {"CLEARDAY_SITE_KEY=abc", "CLEARDAY_SITE_KEY: must be 64 hex digits"},
		"key not hex":               {"CLEARDAY_LOG_KEY=" + strings.Repeat("z", 64), "CLEARDAY_LOG_KEY: must be 64 hex digits"},
		"database of another kind":  {"CLEARDAY_DATABASE_URL=mysql://x", "CLEARDAY_DATABASE_URL: must begin with postgres://"},
		"database without a scheme": {"CLEARDAY_DATABASE_URL=clearday", "CLEARDAY_DATABASE_URL: must begin with postgres://"},
		"address without https":     {"CLEARDAY_PUBLIC_URL=meetings.example.org", "CLEARDAY_PUBLIC_URL: must be like https://"},
		"address with a path":       {"CLEARDAY_PUBLIC_URL=https://example.org/meetings", "CLEARDAY_PUBLIC_URL: must be like https://"},
		"address of a script":       {"CLEARDAY_PUBLIC_URL=javascript://x", "CLEARDAY_PUBLIC_URL: must be like https://"},
		"proxy by name":             {"CLEARDAY_TRUSTED_PROXIES=proxy.internal", `CLEARDAY_TRUSTED_PROXIES: "proxy.internal" is not`},
		"proxy empty":               {"CLEARDAY_TRUSTED_PROXIES=10.0.0.1,", `CLEARDAY_TRUSTED_PROXIES: "" is not`},
		"both twins":                {"CLEARDAY_DATA=x\x00CLEARDAY_DATA_FILE=" + file, "CLEARDAY_DATA and its twin CLEARDAY_DATA_FILE are both set"},
		"not built yet":             {"CLEARDAY_BLOB_URL=s3://bucket", "CLEARDAY_BLOB_URL is not supported by this version yet"},
		"search without a scheme":   {"CLEARDAY_MEILI_URL=127.0.0.1:7700", "CLEARDAY_MEILI_URL: must begin with http://"},
		"Redis without a scheme":    {"CLEARDAY_REDIS_URL=127.0.0.1:6379", "CLEARDAY_REDIS_URL: must begin with redis://"},
		"PostgreSQL without keys":   {pg, "_KEY is required with PostgreSQL"},
		"PostgreSQL, one key":       {pg + "\x00CLEARDAY_SITE_KEY=" + keyA, "CLEARDAY_LOG_KEY is required with PostgreSQL"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			_, err := config.Read(strings.Split(c.set, "\x00"))
			if err == nil || !strings.Contains(err.Error(), c.names) || strings.Contains(err.Error(), "\n") {
				t.Errorf("Read = %v, want one sentence with %q", err, c.names)
			}
			if left, _ := filepath.Glob("*"); len(left) != 0 {
				t.Errorf("a refused setting left %v behind", left)
			}
		})
	}
}

func TestKeys(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "data")
	read := func() config.Config {
		c, err := config.Read([]string{"CLEARDAY_DATA=" + dir})
		if err != nil {
			t.Error(err)
		}
		return c
	}
	var first [8]config.Config
	var starting sync.WaitGroup
	for i := range first {
		starting.Go(func() { first[i] = read() })
	}
	starting.Wait()
	c := read()
	for _, f := range first {
		if f.SiteKey != c.SiteKey || f.LogKey != c.LogKey {
			t.Fatal("programs that started at once have other keys than the one after them")
		}
	}
	if c.SiteKey == c.LogKey || c.SiteKey == [32]byte{} {
		t.Errorf("the keys are %x and %x", c.SiteKey, c.LogKey)
	}
	files, err := os.ReadDir(filepath.Join(dir, "keys"))
	if err != nil || len(files) != 2 {
		t.Fatalf("the folder of keys holds %v (%v)", files, err)
	}
	for path, mode := range map[string]fs.FileMode{"keys": 0o700, "keys/site.key": 0o600, "keys/log.key": 0o600} {
		info, err := os.Stat(filepath.Join(dir, path))
		if err != nil || info.Mode().Perm() != mode {
			t.Errorf("%s: %v, want mode %o (%v)", path, info.Mode(), mode, err)
		}
	}
	t.Run("spoiled", func(t *testing.T) {
		if err := os.WriteFile(filepath.Join(dir, "keys", "site.key"), nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := config.Read([]string{"CLEARDAY_DATA=" + dir}); err == nil || !strings.Contains(err.Error(), "the site key") {
			t.Errorf("an empty key file: %v", err)
		}
		if b, _ := os.ReadFile(filepath.Join(dir, "keys", "site.key")); len(b) != 0 {
			t.Error("a spoiled key was replaced: what it sealed is lost")
		}
	})
}

// TestHelp holds that every name in the table of settings is in the list for people.
func TestHelp(t *testing.T) {
	var b bytes.Buffer
	config.Help(&b)
	file, err := parser.ParseFile(token.NewFileSet(), "config.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	names := 0
	ast.Inspect(file, func(n ast.Node) bool {
		row, ok := n.(*ast.CompositeLit)
		if !ok || row.Type != nil || len(row.Elts) != 4 {
			return true
		}
		lit, ok := row.Elts[0].(*ast.BasicLit)
		if !ok {
			return true
		}
		name, _ := strconv.Unquote(lit.Value)
		names++
		if !strings.Contains(b.String(), "  CLEARDAY_"+name+"\n") {
			t.Errorf("help settings does not list CLEARDAY_%s", name)
		}
		if _, err := config.Read([]string{"CLEARDAY_" + name + "_FILE=/no/such/file"}); err == nil || !strings.Contains(err.Error(), "reading the file") {
			t.Errorf("CLEARDAY_%s has no twin: %v", name, err)
		}
		return true
	})
	if names < 12 {
		t.Fatalf("found %d settings in the source: the test does not see the table", names)
	}
	for _, word := range []string{"_FILE", ":8080", "./data", "not supported by this version yet"} {
		if !strings.Contains(b.String(), word) {
			t.Errorf("help settings does not say %q", word)
		}
	}
}
