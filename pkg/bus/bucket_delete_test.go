package bus_test

import (
	"errors"
	"testing"

	"github.com/parley-chat/parley/pkg/bus"
	"github.com/parley-chat/parley/pkg/bus/bustest"
)

func TestAnEntryIsRemovedOnlyIfItIsTheOneThatWasRead(t *testing.T) {
	ctx := t.Context()
	b, err := bus.OpenBucket[string](ctx, bustest.Conn(t), bus.AgentsBucket)
	if err != nil {
		t.Fatal(err)
	}
	read, err := b.Create(ctx, "grace", "invited")
	if err != nil {
		t.Fatal(err)
	}
	now, err := b.Update(ctx, "grace", "joined", read)
	if err != nil {
		t.Fatal(err)
	}
	if err := b.DeleteAt(ctx, "grace", read); !errors.Is(err, bus.ErrConflict) {
		t.Errorf("what was read before: %v, want a conflict", err)
	}
	if kept, _, err := b.Get(ctx, "grace"); err != nil || kept != "joined" {
		t.Errorf("kept: %q, %v", kept, err)
	}
	if err := b.DeleteAt(ctx, "grace", now); err != nil {
		t.Error(err)
	}
	if _, _, err := b.Get(ctx, "grace"); !errors.Is(err, bus.ErrNotFound) {
		t.Errorf("afterwards: %v, want not found", err)
	}
	if _, err := b.Create(ctx, "grace", "invited again"); err != nil {
		t.Error(err)
	}
}
