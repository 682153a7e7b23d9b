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

// Somebody deletes a stream while leaders are balanced: the others still are.
func TestAStreamThatIsDeletedMeanwhileIsLeftOutOfTheBalance(t *testing.T) {
	durables := []bus.Durable{{Name: "bot", Filter: bus.AllMessages}}
	unmoved := func(m bus.Move) { t.Errorf("%s", m) }
	remove := func(c *bus.Conn) {
		if err := c.RemoveStream(t.Context(), chatIn(0)); err != nil {
			t.Error(err)
		}
	}
	t.Run("before the first look", func(t *testing.T) {
		c := bustest.Start(t).Connect("setup")
		remove(c)
		if load, err := c.Balance(t.Context(), durables, unmoved); err != nil || len(load) != 1 {
			t.Errorf("the streams are led so: %v, %v", load, err)
		}
	})
	t.Run("between the looks", func(t *testing.T) {
		c := bustest.Start(t).Connect("setup")
		if err := c.BalanceAround(t.Context(), durables, func() { remove(c) }, unmoved); err != nil {
			t.Error(err)
		}
	})
}
