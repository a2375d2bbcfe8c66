// Package config is the program's settings: one struct, read once in cmd from the environment and
// passed down. The list of settings is the documentation: `clearday help settings` prints it.
package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"sort"
	"strings"
)

// Config holds every setting. Its zero value is not usable; Read fills it.
type Config struct {
	Listen         string         // address to listen on
	Data           string         // data directory
	PublicURL      *url.URL       // address that people type, without a trailing slash; nil = as asked
	DatabaseURL    string         // empty = SQLite in the data directory
	RedisURL       string         // empty = in process
	MeiliURL       string         // empty = embedded engine
	MeiliKey       string         //
	BlobURL        string         // empty = data directory
	SMTPURL        string         // empty = no subscriptions by e-mail
	TrustedProxies []netip.Prefix // whose X-Forwarded-For is believed
	SiteKey        [32]byte       // seals personal columns, makes private links
	LogKey         [32]byte       // seed of the Ed25519 key that signs the publication log
}

type setting struct {
	name, preset, about string
	set                 func(*Config, string) error
}

// settings is the one list: reading, checking and documenting all walk it.
var settings = []setting{
	{"LISTEN", ":8080", "address and port to listen on", func(c *Config, v string) error { c.Listen = v; return nil }},
	{"DATA", "./data", "directory that holds everything the program keeps", func(c *Config, v string) error { c.Data = v; return nil }},
	{"PUBLIC_URL", "", "address that people type, such as https://meetings.example.org; empty: the one they used", setPublicURL},
	{"DATABASE_URL", "", "postgres://... for many machines; empty: SQLite in the data directory", setScheme("postgres", "postgresql", func(c *Config) *string { return &c.DatabaseURL })},
	{"REDIS_URL", "", "redis://user:password@host:port/0 (rediss:// with TLS) so that rooms on many machines hear of each other, with ?addr=host:port for each further node of a cluster; empty: in process", setScheme("redis", "rediss", func(c *Config) *string { return &c.RedisURL })},
	{"MEILI_URL", "", "address of a Meilisearch that several machines share, with MEILI_KEY; while it is lost each machine’s own search answers; empty: that alone", setScheme("http", "https", func(c *Config) *string { return &c.MeiliURL })},
	{"MEILI_KEY", "", "master key or admin key of Meilisearch; searches use one derived from it that finds published pages only", func(c *Config, v string) error { c.MeiliKey = v; return nil }},
	{"BLOB_URL", "", "s3://... for an object store; empty: files in the data directory", setScheme("s3", "s3", func(c *Config) *string { return &c.BlobURL })},
	{"SMTP_URL", "", "smtp://user:password@host:port, with ?from=address for the sender; needs PUBLIC_URL; empty: no subscriptions by e-mail are offered", setScheme("smtp", "smtps", func(c *Config) *string { return &c.SMTPURL })},
	{"TRUSTED_PROXIES", "", "addresses or networks of proxies in front, separated by commas", setProxies},
	{"SITE_KEY", "", "64 hex digits that seal personal data; made under data/keys with SQLite, required with PostgreSQL", setKey(func(c *Config) *[32]byte { return &c.SiteKey })},
	{"LOG_KEY", "", "64 hex digits that sign the publication log; made under data/keys with SQLite, required with PostgreSQL", setKey(func(c *Config) *[32]byte { return &c.LogKey })},
}

// later are settings of the contract whose part of the program does not exist yet: setting one
// stops the start instead of being ignored.
var later = map[string]bool{"BLOB_URL": true}

const prefix = "CLEARDAY_"

// Read reads the settings from an environment in the form of os.Environ. Each has a twin NAME_FILE
// that names a file holding the value; an empty one is as good as none. An unknown CLEARDAY_ name (CLEARDAY_TEST_ aside) or a bad
// value is an error of one sentence that names it. Keys that are not set are made under
// Data/keys, unless the database is PostgreSQL, which several programs share.
func Read(environ []string) (Config, error) {
	var c Config
	values, err := collect(environ)
	if err != nil {
		return c, err
	}
	for _, s := range settings {
		v, given := values[s.name]
		if !given || v == "" {
			v = s.preset
		}
		if v == "" {
			continue
		}
		if later[s.name] {
			return c, fmt.Errorf("%s%s is not supported by this version yet: leave it empty", prefix, s.name)
		}
		if err := s.set(&c, v); err != nil {
			return c, fmt.Errorf("%s%s: %w", prefix, s.name, err)
		}
	}
	if c.SMTPURL != "" && c.PublicURL == nil {
		return c, fmt.Errorf("%sPUBLIC_URL is required with %sSMTP_URL: letters hold links to this site", prefix, prefix)
	}
	return c, c.makeKeys()
}

func collect(environ []string) (map[string]string, error) {
	known := map[string]bool{}
	for _, s := range settings {
		known[s.name] = true
	}
	values, from := map[string]string{}, map[string]string{}
	for _, e := range environ {
		name, value, _ := strings.Cut(e, "=")
		short, ours := strings.CutPrefix(name, prefix)
		if !ours || strings.HasPrefix(short, "TEST_") {
			continue
		}
		base, file := strings.CutSuffix(short, "_FILE")
		if !known[short] && (!file || !known[base]) {
			return nil, fmt.Errorf("%s is not a setting of Clearday: run `clearday help settings` for the list", name)
		}
		if value == "" { // as compose files leave what is not set
			continue
		}
		if known[short] {
			base = short
		} else {
			b, err := os.ReadFile(value)
			if err != nil {
				return nil, fmt.Errorf("%s: reading the file: %w", name, err)
			}
			value = strings.TrimSpace(string(b))
		}
		if other := from[base]; other != "" && other != name {
			return nil, fmt.Errorf("%s%s and its twin %s%s_FILE are both set: leave one of them out", prefix, base, prefix, base)
		}
		values[base], from[base] = value, name
	}
	return values, nil
}

// makeKeys reads or makes the keys that were not given.
func (c *Config) makeKeys() error {
	for name, key := range map[string]*[32]byte{"site": &c.SiteKey, "log": &c.LogKey} {
		if *key != ([32]byte{}) {
			continue
		}
		if c.DatabaseURL != "" {
			return fmt.Errorf("%s%s_KEY is required with PostgreSQL: give the same 64 hex digits to every program", prefix, strings.ToUpper(name))
		}
		if err := keyFile(filepath.Join(c.Data, "keys", name+".key"), key); err != nil {
			return fmt.Errorf("the %s key: %w", name, err)
		}
	}
	return nil
}

func keyFile(path string, key *[32]byte) error {
	b, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return newKeyFile(path, key)
	}
	if err != nil {
		return err
	}
	return parseKey(strings.TrimSpace(string(b)), key)
}

// newKeyFile makes the key and publishes its file by link, so that two programs starting at once
// agree on one.
func newKeyFile(path string, key *[32]byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	_, _ = rand.Read(key[:]) // never fails: crypto/rand aborts the program instead
	f, err := os.CreateTemp(filepath.Dir(path), ".key-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = fmt.Fprintln(f, hex.EncodeToString(key[:]))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), path); errors.Is(err, fs.ErrExist) {
		return keyFile(path, key)
	} else if err != nil {
		return err
	}
	return errors.Join(syncDir(filepath.Dir(path)), syncDir(filepath.Dir(filepath.Dir(path))))
}

// syncDir makes the names in a directory durable: what the key seals must never outlive it.
func syncDir(dir string) error {
	f, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func parseKey(v string, key *[32]byte) error {
	b, err := hex.DecodeString(v)
	if err != nil || len(b) != 32 {
		return errors.New("must be 64 hex digits, such as `openssl rand -hex 32` prints")
	}
	copy(key[:], b)
	return nil
}

func setKey(field func(*Config) *[32]byte) func(*Config, string) error {
	return func(c *Config, v string) error { return parseKey(v, field(c)) }
}

func setScheme(a, b string, field func(*Config) *string) func(*Config, string) error {
	return func(c *Config, v string) error {
		u, err := url.Parse(v)
		if err != nil || u.Scheme != a && u.Scheme != b {
			return fmt.Errorf("must begin with %s://", a)
		}
		*field(c) = v
		return nil
	}
}

func setPublicURL(c *Config, v string) error {
	u, err := url.Parse(strings.TrimRight(v, "/"))
	if err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || u.Path != "" {
		return errors.New("must be like https://meetings.example.org, without a path")
	}
	c.PublicURL = u
	return nil
}

func setProxies(c *Config, v string) error {
	for _, s := range strings.Split(v, ",") {
		s = strings.TrimSpace(s)
		p, err := netip.ParsePrefix(s)
		if err != nil {
			a, aerr := netip.ParseAddr(s)
			if aerr != nil {
				return fmt.Errorf("%q is not an address or a network", s)
			}
			p = netip.PrefixFrom(a, a.BitLen())
		}
		c.TrustedProxies = append(c.TrustedProxies, p)
	}
	return nil
}

// Help prints the list of settings, from the same table that reads them.
func Help(w io.Writer) {
	fmt.Fprintln(w, "Settings come from the environment. Each has a twin ending in _FILE that names a file holding the value.")
	fmt.Fprintln(w)
	list := append([]setting(nil), settings...)
	sort.SliceStable(list, func(i, j int) bool { return !later[list[i].name] && later[list[j].name] })
	for _, s := range list {
		fmt.Fprintf(w, "  %s%s\n      %s", prefix, s.name, s.about)
		if s.preset != "" {
			fmt.Fprintf(w, " (%s)", s.preset)
		}
		if later[s.name] {
			fmt.Fprint(w, "; not supported by this version yet")
		}
		fmt.Fprintln(w)
	}
}
