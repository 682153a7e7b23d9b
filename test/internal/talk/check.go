package talk

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parley-chat/parley/test/internal/wait"
)

// Figures sum up what visitors experienced.
type Figures struct {
	Visitors, Messages, Replies int
	Returns                     int // connections that were made again
	Slowest                     time.Duration
}

func (f Figures) String() string {
	return fmt.Sprintf("%d visitors, %d messages acknowledged (the slowest after %v), each covered by exactly one of %d replies; %d connections made again",
		f.Visitors, f.Messages, f.Slowest.Round(time.Millisecond), f.Replies, f.Returns)
}

// Settle waits until everything that the visitors sent to the bot is acknowledged, seen
// and answered, and returns what they experienced, or every broken promise.
func Settle(ctx context.Context, limit time.Duration, visitors []*Visitor) (Figures, error) {
	var total Figures
	var faults []string
	for _, v := range visitors {
		err := wait.Until(ctx, limit, v.Name+" has every answer", func(context.Context) string { return v.missing() })
		if err != nil {
			return total, err
		}
		v.mu.Lock()
		total.Visitors++
		total.Messages += len(v.acks)
		total.Returns += v.returns
		total.Slowest = max(total.Slowest, v.slowest)
		replies, found := v.check()
		total.Replies += replies
		for _, fault := range append(found, v.faults...) {
			faults = append(faults, v.Name+": "+fault)
		}
		v.mu.Unlock()
	}
	if len(faults) > 0 {
		return total, fmt.Errorf("promises are broken:\n  %s", strings.Join(faults, "\n  "))
	}
	return total, nil
}

// missing says what has not come yet.
func (v *Visitor) missing() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if len(v.pending) > 0 {
		return strings.Join(append([]string{fmt.Sprintf("%d messages are not acknowledged", len(v.pending))}, v.faults[max(0, len(v.faults)-1):]...), "; ")
	}
	var said, through uint64
	for _, seq := range v.acks {
		said = max(said, seq)
	}
	for _, e := range v.events {
		through = max(through, e.Through)
	}
	if v.last() < said || through < said {
		return fmt.Sprintf("events go to %d and answers to %d, %d was acknowledged", v.last(), through, said)
	}
	return ""
}

// check looks for messages that were lost, doubled or answered twice; v.mu is held.
func (v *Visitor) check() (replies int, faults []string) {
	seen := map[string][]uint64{}
	var through uint64
	for _, e := range v.events {
		switch e.Kind {
		case "message", "ask":
			seen[e.ID] = append(seen[e.ID], e.Seq)
		case "reply":
			replies++
			// A reply that covers nothing new is a second answer.
			if e.Through <= through {
				faults = append(faults, fmt.Sprintf("reply %d covers up to %d, as the one before it", e.Seq, e.Through))
			}
		}
		through = max(through, e.Through)
	}
	for id, seq := range v.acks {
		if !slices.Equal(seen[id], []uint64{seq}) {
			faults = append(faults, fmt.Sprintf("%s is acknowledged as %d and seen as %v", id, seq, seen[id]))
		}
	}
	return replies, faults
}
