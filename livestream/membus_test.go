package livestream_test

import (
	"testing"

	"clearday/livestream"
	"clearday/livestream/bustest"
)

func TestMemoryBus(t *testing.T) {
	bustest.Run(t, func(*testing.T) func() livestream.Bus {
		bus := &livestream.MemoryBus{}
		return func() livestream.Bus { return bus }
	})
}
