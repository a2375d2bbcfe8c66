package pdf

import "testing"

func newTools(t testing.TB, l Limits) *Tools {
	t.Helper()
	tools, err := New(l)
	if err != nil {
		t.Skipf("poppler is missing: %v", err)
	}
	return tools
}
