package redisbus

import (
	"fmt"
	"testing"

	"clearday/livestream"
	"clearday/livestream/bustest"
	"clearday/livestream/redisbus/redistest"
)

func ownCluster(t *testing.T) (nodes []*redistest.Server, address string) {
	t.Helper()
	nodes = redistest.Cluster(t)
	return nodes, nodes[0].URL() + "?addr=" + nodes[1].Addr + "&addr=" + nodes[2].Addr
}

// A node of the cluster that dies makes the bus lost, and its return needs nobody.
func TestNodeKilledAndBack(t *testing.T) {
	nodes, address := ownCluster(t)
	one, two := bustest.Start(t, newBus(t, address, "site")), bustest.Start(t, newBus(t, address, "site"))
	bustest.Connect(t, one, two)
	nodes[0].Kill() // the one that the address names first
	lost(t, one, true)
	works(t, one, "x")
	nodes[0].Start()
	lost(t, one, false)
	lost(t, two, false)
	bustest.Connect(t, one, two)
}

// A channel that moves to another node, as in a cluster that grows, is heard there.
func TestChannelMoves(t *testing.T) {
	nodes, address := ownCluster(t)
	bus := newBus(t, address, "site")
	p := bustest.Start(t, bus)
	bustest.Connect(t, p)
	slot := nodes[0].Do("CLUSTER", "KEYSLOT", bus.channel(bus.channelOf(meeting)))
	from, to := nodes[0], nodes[1]
	for i, n := range nodes {
		if n.Do("SPUBLISH", bus.channel(bus.channelOf(meeting)), "x")[0] != 'M' { // MOVED
			from, to = n, nodes[(i+1)%3]
		}
	}
	fromID, toID := from.Do("CLUSTER", "MYID"), to.Do("CLUSTER", "MYID")
	to.Do("CLUSTER", "SETSLOT", slot, "IMPORTING", fromID)
	from.Do("CLUSTER", "SETSLOT", slot, "MIGRATING", toID)
	for _, n := range []*redistest.Server{to, from} {
		n.Do("CLUSTER", "SETSLOT", slot, "NODE", toID)
	}
	for i := range 3 {
		bustest.Eventually(t, "wake-ups are heard at the new node", func() bool {
			p.Publish(livestream.Wake{Meeting: meeting, Seq: int64(i + 1)})
			heard := p.Heard(meeting)
			return len(heard) > 0 && heard[len(heard)-1].Seq == int64(i+1)
		})
	}
	if got := to.Do("PUBSUB", "SHARDNUMSUB", bus.channel(bus.channelOf(meeting))); got != fmt.Sprintf("%s\n1", bus.channel(bus.channelOf(meeting))) {
		t.Errorf("the new node says %q", got)
	}
	lost(t, p, false)
}
