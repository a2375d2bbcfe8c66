package main

import (
	"go/parser"
	gotoken "go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// allowed says which of our packages a package may import: the longest prefix of its folder counts.
// It is design.md section 4 as a table. A folder that is not named here fails the test.
var allowed = map[string][]string{
	"papers":            {},
	"papers/":           {"papers"},
	"papers/packs":      {"papers", "papers/pdf", "papers/exemption"}, // a pack is a PDF; N-6 is said on its pages
	"papers/preflight":  {"papers", "papers/pdf", "papers/office"},    // its children are theirs
	"livestream":        {"papers"},
	"livestream/":       {"papers", "livestream"},
	"search":            {"papers"},
	"search/":           {"papers", "search"},
	"static":            {},
	"server/config":     {},
	"server/auth":       {"papers"},
	"server/blob":       {"papers"},
	"server/jobs":       {"papers", "papers/", "server/blob"},
	"server/mail":       {"papers/alerts"},
	"server/store":      {"papers", "papers/alerts", "papers/publog", "livestream", "search", "server/auth", "server/jobs"},
	"server/page":       {"papers", "papers/", "livestream", "search", "static"},
	"server/api":        {"papers", "papers/", "livestream", "search"},
	"server":            {"papers", "papers/", "livestream", "search", "server/", "static"},
	"server/servertest": {"*"},
	"cmd/":              {"*"},
}

// foreign says which libraries a domain may never know.
var foreign = []string{"github.com/gofiber/", "github.com/valyala/", "github.com/uptrace/", "github.com/redis/", "github.com/jackc/", "modernc.org/sqlite", "database/sql", "net/http"}

// TestImports reads every source file and fails on an import that the layout forbids.
func TestImports(t *testing.T) {
	root := filepath.Join("..", "..")
	files := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || d.Name() == "data") {
			if d != nil && d.IsDir() && err == nil {
				return fs.SkipDir
			}
			return err
		}
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		files++
		checkFile(t, filepath.ToSlash(rel), path)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if files < 20 {
		t.Fatalf("read %d files: the test does not see the sources", files)
	}
}

func checkFile(t *testing.T, rel, path string) {
	t.Helper()
	f, err := parser.ParseFile(gotoken.NewFileSet(), path, nil, parser.ImportsOnly)
	if err != nil {
		t.Errorf("%s: %v", rel, err)
		return
	}
	dir := filepath.ToSlash(filepath.Dir(rel))
	rule, ok := ruleOf(dir)
	if !ok {
		t.Errorf("%s: the folder %s is not part of the layout (design.md section 4)", rel, dir)
		return
	}
	domain := strings.HasPrefix(dir, "papers") || strings.HasPrefix(dir, "livestream") || strings.HasPrefix(dir, "search")
	for _, im := range f.Imports {
		name, err := strconv.Unquote(im.Path.Value)
		if err != nil {
			t.Errorf("%s: %v", rel, err)
			continue
		}
		if ours, ok := strings.CutPrefix(name, "clearday/"); ok && !permits(rule, ours) {
			t.Errorf("%s imports %s, which %s may not know", rel, name, dir)
		}
		for _, lib := range foreign {
			if domain && strings.HasPrefix(name, lib) && !knows(dir, name) {
				t.Errorf("%s imports %s: domains know no SQL, no HTTP framework, no Redis", rel, name)
			}
		}
	}
}

func ruleOf(dir string) ([]string, bool) {
	if r, ok := allowed[dir]; ok {
		return r, true
	}
	for d := dir; strings.Contains(d, "/"); d = d[:strings.LastIndex(d, "/")] {
		if r, ok := allowed[d[:strings.LastIndex(d, "/")+1]]; ok {
			return r, true
		}
	}
	return nil, false
}

func permits(rule []string, name string) bool {
	for _, r := range rule {
		if r == "*" || r == name || strings.HasSuffix(r, "/") && strings.HasPrefix(name, r) {
			return true
		}
	}
	return false
}

// knows lists the seams where a domain's own engine meets its library.
func knows(dir, lib string) bool {
	return dir == "livestream/redisbus" && strings.HasPrefix(lib, "github.com/redis/") || strings.HasPrefix(dir, "search/meili") && strings.HasPrefix(lib, "net/http")
}

// TestTopLevel holds the list of folders that the project may have.
func TestTopLevel(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	folders := map[string]bool{"cmd": true, "server": true, "papers": true, "livestream": true, "search": true, "static": true,
		"bin": true, "data": true, "pictures": true} // the last three are made by running, and not kept
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !folders[e.Name()] {
			t.Errorf("there is a folder %s at the top: find it a place in the layout", e.Name())
		}
	}
}
