package mongostore

import (
	"github.com/parley-chat/parley/pkg/chat"
	"github.com/parley-chat/parley/pkg/store/internal/digest"
)

// snooze is a chat.Snooze as members of a state's document.
type snooze struct {
	Through int64 `bson:"snoozed,omitempty"`
	Until   int64 `bson:"snoozed_until,omitempty"`
	WokeAt  int64 `bson:"woke,omitempty"`
	Owes    bool  `bson:"owes,omitempty"`
}

func fromSnooze(z *chat.Snooze) snooze {
	d := snooze{Through: int64(z.Through), Owes: z.Owes}
	if !z.Until.IsZero() {
		d.Until = digest.Nanos(z.Until)
	}
	if !z.WokeAt.IsZero() {
		d.WokeAt = digest.Nanos(z.WokeAt)
	}
	return d
}

func (d snooze) snooze() *chat.Snooze {
	z := &chat.Snooze{Through: uint64(d.Through), Owes: d.Owes}
	if d.Until != 0 {
		z.Until = digest.Time(d.Until)
	}
	if d.WokeAt != 0 {
		z.WokeAt = digest.Time(d.WokeAt)
	}
	return z
}
