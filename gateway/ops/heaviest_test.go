package ops

import (
	"slices"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
)

func TestTheHeaviestOfAllGatewaysAreAddedUp(t *testing.T) {
	gateway := func(silent bool, list ...bus.Load) Replica {
		return Replica{Replica: bus.Replica{Connections: &bus.Connections{Heaviest: list}}, Silent: silent}
	}
	got := heaviestOf([]Role{{Role: "gateway", Replicas: []Replica{
		gateway(false, bus.Load{Block: "a", Messages: 1, Bytes: 10, Share: .1}, bus.Load{Block: "b", Messages: 2, Bytes: 20, Share: .2}),
		gateway(false, bus.Load{Block: "a", Messages: 3, Bytes: 30, Share: .3}),
		gateway(true, bus.Load{Block: "c", Messages: 9, Bytes: 90, Share: .9}),
		{},
	}}, {Role: "botworker", Replicas: []Replica{{}}}})
	want := []bus.Load{{Block: "a", Messages: 4, Bytes: 40, Share: .3}, {Block: "b", Messages: 2, Bytes: 20, Share: .2}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := heaviestOf(nil); got == nil || len(got) != 0 {
		t.Errorf("of nobody: %#v, want an empty list", got)
	}
}
