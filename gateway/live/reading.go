package live

import (
	"context"

	"github.com/parley-chat/parley/pkg/chat"
)

// Reading is what one client has read for it to enter a chat. It reads within a slot, of
// which there are few, and counts what was read. The zero Reading needs no slot. One
// goroutine uses it.
type Reading struct {
	slot    Slot
	id      chat.ID // whose region has the slots
	release func()
	bytes   int
}

// Slot waits for a slot in which that chat may be read. Each region has slots of its own.
type Slot func(ctx context.Context, id chat.ID) (release func(), err error)

// NewReading returns a Reading of that chat whose slots come from slot.
func NewReading(slot Slot, id chat.ID) *Reading { return &Reading{slot: slot, id: id} }

// Of has what is read from now on be of that chat. It has no slot then.
func (r *Reading) Of(id chat.ID) {
	r.End()
	r.id = id
}

// Begin waits for a slot, unless it has one.
func (r *Reading) Begin(ctx context.Context) error {
	if r.slot == nil || r.release != nil {
		return nil
	}
	release, err := r.slot(ctx, r.id)
	if err == nil {
		r.release = release
	}
	return err
}

// End gives the slot back, if it has one: whoever waits for something must not hold up
// those who could read.
func (r *Reading) End() {
	if r.release != nil {
		r.release()
		r.release = nil
	}
}

// Bytes returns about how much was read.
func (r *Reading) Bytes() int { return r.bytes }

// read counts events that were read.
func (r *Reading) read(events []chat.Event) { r.bytes += bytesOf(events) }
