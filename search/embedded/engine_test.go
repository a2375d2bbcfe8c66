package embedded

import (
	"testing"

	"clearday/search"
	"clearday/search/searchtest"
)

func TestEngine(t *testing.T) {
	searchtest.Run(t, func(t *testing.T, dir string) search.Engine {
		e, err := Open(dir, nil)
		if err != nil {
			t.Fatal(err)
		}
		return e
	})
}
