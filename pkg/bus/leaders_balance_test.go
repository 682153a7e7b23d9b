package bus_test

import (
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

// One node leads what there is: some buckets are not made yet, nor are consumers.
func TestThereIsNothingToBalanceOnOneNode(t *testing.T) {
	c := bustest.Start(t).Connect("setup")
	load, err := c.Balance(t.Context(), nil, func(m bus.Move) { t.Errorf("%s", m) })
	if err != nil {
		t.Fatal(err)
	}
	if len(load) != 1 {
		t.Errorf("the streams are led so: %v", load)
	}
	for node, streams := range load {
		if node == "" || streams < 3 {
			t.Errorf("%q leads %d streams", node, streams)
		}
	}
}
