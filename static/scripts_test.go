package static_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// TestScripts runs the tests of scripts that need no browser.
func TestScripts(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("node is missing")
		}
		t.Skip("node is missing: make setup installs it")
	}
	files, err := filepath.Glob("*/*.test.mjs")
	if err != nil || len(files) == 0 {
		t.Fatalf("no tests of scripts were found (%v)", err)
	}
	out, err := exec.CommandContext(t.Context(), node, append([]string{"--test", "--test-reporter=spec"}, files...)...).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}
